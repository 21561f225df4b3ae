"""Every exception that dian-fe raises.

::

    DianFeError                     anything this library refuses
    ├── InvalidInput                data given by the caller cannot be used (also a ValueError)
    │   ├── FloatMoney              a float where money, a quantity or a rate is expected
    │   ├── InvalidNumberText       text that is not a plain decimal number
    │   ├── WrongCheckDigit         a NIT's check digit is not the computed one
    │   ├── InvalidIdentification   an identification of the wrong form (NIT typed with its digit, symbols, …)
    │   ├── UnknownCode             a code that its catalogue does not hold
    │   ├── UnknownArgument         a call names an argument that does not exist (also a TypeError)
    │   ├── UnknownPlace            a municipality, department or postal code that does not exist or do not match
    │   ├── ForbiddenCharacter      a control character that XML cannot carry
    │   ├── InvalidEmail            an e-mail address of the wrong form
    │   ├── MaskedSecret            «**********» where a secret belongs: JSON that was made without secrets
    │   ├── NaiveDatetime           a datetime without zone
    │   ├── MissingExchangeRate     a foreign currency without its rate
    │   ├── MissingDatum            a received document lacks a datum that is accessed
    │   ├── MissingDueDate          a credit payment without a due date
    │   ├── InconsistentAmounts     an amount given by the caller contradicts the computed one
    │   ├── HeaderInjection         a line break or control character in what becomes a mail header
    │   ├── WrongEnvironment        no environment was chosen, or the document is of another one
    │   └── NotAllowed              a combination that the kind of document does not allow
    │       └── EventRefused        an invoice does not allow the event: order, terms, cash (all in ``faults``)
    ├── NumberingError              the document's number does not fit the resolution
    │   ├── OutOfRange
    │   ├── WrongPrefix
    │   ├── ResolutionNotInForce
    │   ├── MissingTechnicalKey
    │   ├── NumberUsed          the store has given the number to another document
    │   └── NoNumbering             DIAN gave no numbering range for this NIT and software
    │       └── PrefixNotAssociated it gave others, none of the prefix asked for
    ├── KeyMaterialError            a key or certificate that cannot be used
    │   ├── WrongPassword
    │   ├── NotAKeyStore
    │   ├── LegacyKeyStore          a .p12 sealed with ciphers that OpenSSL 3 no longer opens (RC2, 3DES)
    │   ├── MissingPrivateKey
    │   ├── KeyDoesNotMatch
    │   ├── NotForSigning           certificates for other uses, such as encryption
    │   ├── WeakKey
    │   ├── TokenNotFound           no PKCS#11 token of that label or serial is there
    │   ├── PinLocked               too many wrong PINs: the token accepts no more
    │   ├── AmbiguousKey            several tokens or keys fit what was asked for
    │   ├── CertificateExpired
    │   ├── CertificateNotYetValid
    │   └── WrongCertificateOwner   the certificate names another NIT
    ├── SigningError                the signer failed or gave an impossible value
    │   └── WrongSigningDate        the signing day is not that of issue (rule FAD09e, which ``code`` names)
    ├── MissingExtra                what was asked for needs an optional dependency (also an ImportError)
    ├── UnreadableDocument          bytes that are not a document we can read
    │   ├── MalformedXml
    │   ├── UnsafeXml               DTD, entities, or over the size and depth limits
    │   ├── UnsafeArchive           a ZIP that is damaged, encrypted, or unpacks to too much
    │   └── UnsupportedDocument     well-formed, but of a family or version that is not handled
    ├── SignatureInvalid            the signature of a document does not hold
    │   ├── NotSigned               there is no signature where there must be one
    │   ├── SignerNotTrusted        the certificate: its path, its dates, revoked, or of another NIT
    │   └── ContentsContradict      key, container or DIAN's answer contradict the document
    ├── Rejected                    DIAN (or the simulator) rejected the document
    │   ├── NumberTaken             another document was accepted under this number (rule 90)
    │   └── EventRegistered         the invoice has another event of this code already (rule LGC01)
    ├── CheckFailed                 the local check found a confirmed rejection: nothing was sent, no number is spent
    ├── StoreError                  documents cannot be stored: nothing was sent that the store does not have
    │   ├── BeingIssued             another call is issuing a document with this idempotency key
    │   ├── ClaimLost               another process has taken over the document
    │   ├── StoredDamaged           a stored document cannot be read back
    │   └── StoredNewer             a later version of the library stored it (also an InvalidInput)
    ├── DeliveryError               a document cannot be handed over to the customer
    │   ├── NotAccepted             DIAN has not accepted it: it may not be handed over yet
    │   ├── ForeignAnswer           the answer is not DIAN's, or is about another document
    │   ├── PackageTooLarge         over the limit even without what may be left out
    │   ├── NoRecipient             there is nobody to send it to
    │   └── MailError               the mail server did not take the message
    │       ├── MailServerUnreachable
    │       ├── MailLoginRefused
    │       ├── RecipientsRefused   none of the addresses was taken
    │       └── MessageRefused
    └── TransportError              the exchange with DIAN failed: no verdict about the document
        ├── ConnectionFailed        no connection: nothing was sent
        │   ├── NameNotResolved     the host's name has no address (DNS)
        │   ├── TlsFailed           no TLS agreement, or a certificate that is not trusted
        │   └── ProxyFailed         the proxy refused
        ├── ConnectionLost          cut off after sending: the outcome is not known
        ├── AnswerTimeout           no answer in time: the outcome is not known
        ├── ServiceUnavailable      HTTP 403, 5xx or a page instead of an answer: DIAN is down
        ├── RequestRefused          HTTP 4xx: the request itself is wrong
        │   ├── ContentTypeRefused  HTTP 415
        │   └── MessageTooLarge     HTTP 413
        ├── ServiceFault            a SOAP fault
        │   ├── InvalidSecurity     WS-Security: clock, signature or signed parts
        │   ├── CertificateRefused  the certificate is not acceptable for the service
        │   ├── AddressingFault     wsa:To or wsa:Action is not what the service expects
        │   └── InternalFault       an error of the service's own
        ├── UnreadableAnswer        empty, cut short, or not the operation's answer
        │   └── UnsafeAnswer        a DTD, too big or too deep
        ├── DownloadFailed          what an answer points to could not be downloaded
        │   └── UnreadableList      what was downloaded is not a ZIP with one CSV
        ├── UnrecognisedStatus      a status code whose meaning is not known
        ├── OriginalNotAccepted     the invoice that a note corrects is not accepted: the note was not sent
        ├── StillPending            DIAN has not decided within the time given
        └── OutcomeUnknown          every means of learning the outcome was spent

Each carries ``code`` (stable, for programs), a Spanish message, and ``field``, ``found``, ``expected`` and ``remedy``
where they make sense. Secrets are never part of any of them.

The files of this room hold a branch of the tree each, or two that belong together; programs import only from here.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
