"""What a family of documents declares: frozen values, which the engines interpret.

A facet is the text ``"module:NAME"``, resolved on first use from the family's package, so a declaration imports nothing
and each layer imports only what it may.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from importlib import import_module
from types import MappingProxyType
from typing import Any, TypeAlias

from ..catalogs import DocumentType, IdAlgorithm

Facet: TypeAlias = str
"""``"module:NAME"``: a module of the family's package (or an absolute dotted name) and a name in it."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Secret(Enum):
    """The secret that enters a document's key."""

    TECHNICAL_KEY = "technical_key"
    """The technical key of the authorised range (CUFE)."""
    PIN = "pin"
    """The PIN of the registered software (CUDE, CUDS, CUNE)."""


class Standing(Enum):
    """The role of a kind of document."""

    DOCUMENT = "document"
    """An independent document."""
    EVENT = "event"
    """A declaration about a document."""
    ANSWER = "answer"
    """DIAN's answer about a document."""
    CONTAINER = "container"
    """A container of documents."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Issuer and counterpart of a document, as names of fields of the model."""

    issuer: str = "supplier"
    """The party that issues and signs."""
    counterpart: str = "customer"
    """The party on the other side."""

    def issuer_of(self, document: Any) -> Any:
        """Return the party that issues."""
        return getattr(document, self.issuer)

    def counterpart_of(self, document: Any) -> Any:
        """Return the party on the other side."""
        return getattr(document, self.counterpart)


@dataclass(frozen=True, slots=True)
class Authorised:
    """Numbers of a range that DIAN authorised (`Resolution`)."""

    test_prefix: str = ""
    """Prefix of the range that the portal shows to everybody in habilitación, which production does not have."""


@dataclass(frozen=True, slots=True)
class OwnPrefix:
    """Prefix and consecutive of the issuer's choice."""

    longest: int = 20
    """Characters of the longest number."""
    of_issuer: bool = False
    """Whether the prefix is ``Issuer.note_prefix`` where that is given."""


@dataclass(frozen=True, slots=True)
class Free:
    """A document may have any number: prefix and consecutive are free."""


Numbering: TypeAlias = Authorised | OwnPrefix | Free


@dataclass(frozen=True, slots=True)
class KeyForm:
    """Algorithm and secret of a key."""

    scheme: IdAlgorithm
    secret: Secret


@dataclass(frozen=True, eq=False)
class Key:
    """The unique code of a kind of document."""

    function: Facet
    """Function that computes it from the document, ``secret`` and ``environment``."""
    scheme: IdAlgorithm
    """Algorithm (cbc:UUID/@schemeName)."""
    secret: Secret
    """The secret that enters it; never inferred from the numbering."""
    variants: Mapping[str, KeyForm] = field(default_factory=dict)
    """Type codes of the kind whose keys have another form."""

    @cached_property
    def usual(self) -> KeyForm:
        """The form of documents without a variant."""
        return KeyForm(self.scheme, self.secret)

    def form(self, type_code: str | None) -> KeyForm:
        """Return the form of the key for that type code."""
        return self.variants.get(type_code or "", self.usual)


@dataclass(frozen=True, slots=True)
class FileNames:
    """How a kind names its files (annex 1.9, section 9)."""

    prefix: str
    """First letters: fv, nc, nd, ar, ad."""
    with_provider: bool = True
    """Whether the name carries the three digits of the technology provider."""
    zip_prefix: str = "z"
    """First letters of the ZIP's name."""
    upper: bool = False
    """Whether the consecutive has capital letters, as in the examples of the payroll annex; else small ones."""


@dataclass(frozen=True, slots=True)
class Contingency:
    """Type codes of documents that could not be issued and validated as usual (annex 1.9, chapter 12)."""

    issuer: str
    """The issuer's side failed: what was handed over on paper is transcribed."""
    dian: str
    """DIAN's side failed: the document is handed over without its answer."""


_ANY_KEY = (KeyForm(IdAlgorithm.CUFE, Secret.TECHNICAL_KEY), KeyForm(IdAlgorithm.CUDE, Secret.PIN))
"""The keys of sales and events, to one of which a document without a key of its own refers."""

BILL = ("SendBillSync", "SendBillAsync", "SendTestSetAsync")
"""Operations that send invoices, notes and their peers; the first is the usual one."""


@dataclass(frozen=True, eq=False)
class DocumentKind:
    """A kind of document: everything in which it differs from others, as data."""

    name: str
    """JSON discriminator, and the name on the command line and in ``rows``."""
    model: Facet
    """The class of its documents."""
    grammar: Facet
    """Its `Grammar`: rows, namespaces, extensions."""
    label: str
    """Its usual name in Colombia, in Spanish."""
    type: DocumentType | None = None
    """Its type in DIAN's list, which says root, profile and algorithm of the key; None when the list lacks it."""
    root_element: str = ""
    """Local name of the root, when ``type`` does not say it."""
    profile_id: str = ""
    """cbc:ProfileID, when it is not that of ``type``."""
    profiles: Mapping[str, str] = field(default_factory=dict)
    """cbc:ProfileID of the operations that have another than the kind's."""
    called: str = ""
    """Short name in messages, where the root's name would suggest another document."""
    unconfirmed: str = ""
    """What no sure source says of it, in Spanish, for people: the reference page of the kind has it."""
    roles: Roles = Roles()
    numbering: Numbering | None = None
    """Where its numbers come from; None when it is not issued here."""
    key: Key | None = None
    """Its unique code; None for kinds without a key."""
    files: FileNames = FileNames("")
    qr: Facet | None = None
    """Function that computes the pairs of the printed QR before key and address; None: it is only the address."""
    qr_inside: bool = False
    """Whether sts:QRCode holds the whole text of the printed QR, not only the address."""
    qr_key: str | None = None
    """Field with the key of the document that sts:QRCode leads to; None: the document's own."""
    sends: tuple[str, ...] = ()
    """Operations of the web service that accept it, the usual one first; empty: it is not sent."""
    delivered: bool = False
    """Whether it goes to the other side once DIAN has accepted it."""
    corrects: frozenset[str] = frozenset()
    """Kinds of document that it may correct."""
    references: str = "billing_references"
    """Field of the model with the documents that it corrects: one, or a tuple; each has ``number`` and ``key``."""
    contingency: Contingency | None = None
    """Its types of contingency; None for a kind without."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Codes of DIAN's for what engines find: ``key`` (not that of its data), ``signature`` (not exactly one),
    ``signing_day`` (not that of the issue); and, by field of `Resolution`, a range that differs from DIAN's
    (``authorization``, ``valid_from``, ``valid_to``, ``range_from``, ``range_to``). Without a code the finding has the
    library's own."""
    by_invoicers: bool = False
    """Whether only a company that is active as electronic invoicer issues it (`OrganizationState`)."""
    concepts: str = ""
    """List of the catalogue with its concepts of correction."""
    letter: Facet | None = None
    """The texts of its mail; None: those of documents with an amount."""
    standing: Standing = Standing.DOCUMENT
    recognise: Facet | None = None
    """Function that is true for the root element of a received document of this kind; None: its type code decides."""
    shared_types: frozenset[str] = frozenset()
    """Type codes beside those of the kind, which several kinds share (contingency): a received document with one is
    of the kind whose profile it has."""
    otherwise: bool = False
    """Whether documents with this root that no kind recognises count as this one."""
    amounts: bool = False
    """Whether it has lines, taxes and an amount payable."""
    family: Family = field(init=False, repr=False)
    """The family that declares it."""

    @cached_property
    def root(self) -> str:
        """Local name of the root element; empty for an archive."""
        return self.root_element or (self.type.root_element if self.type else "")

    @cached_property
    def profile(self) -> str:
        """cbc:ProfileID."""
        return self.profile_id or (self.type and self.type.profile_id) or ""

    @cached_property
    def signed_later(self) -> frozenset[str]:
        """Type codes whose signature may be of another day than the issue: those of contingency."""
        found = self.contingency
        return frozenset() if found is None else frozenset({found.issuer, found.dian})

    def before_answer(self, type_code: str | None) -> bool:
        """True if documents of that type code are handed over before DIAN answers: its service is down."""
        return self.contingency is not None and type_code == self.contingency.dian

    def profile_of(self, operation: str | None) -> str:
        """Return the cbc:ProfileID of documents of an operation."""
        return self.profiles.get(operation or "", self.profile)

    @property
    def title(self) -> str:
        """Name of the document in messages: its short name, UBL's name, or ZIP."""
        return self.called or self.root or self.name.upper()

    @property
    def document_type(self) -> str:
        """Code in DIAN's list when the document itself carries none; empty when the list lacks it."""
        return self.type.value if self.type else ""

    @cached_property
    def type_codes(self) -> frozenset[str]:
        """Every type code of the kind: those of the catalogue that share family, root and profile with its type."""
        return frozenset(member.value for member in DocumentType if self.type and _place(member) == _place(self.type))

    @cached_property
    def model_class(self) -> Any:
        """The class of its documents."""
        return self.facet(self.model)

    @cached_property
    def table(self) -> Any:
        """Its `Grammar`."""
        return self.facet(self.grammar)

    @cached_property
    def key_function(self) -> Callable[..., str]:
        """The function that computes the key of a document."""
        if self.key is None:
            raise LookupError(f"{self.name} has no key of its own")
        found: Callable[..., str] = self.facet(self.key.function)
        return found

    @property
    def key_scheme(self) -> IdAlgorithm:
        """The usual algorithm of its key; for kinds without a key, that of the related document."""
        return IdAlgorithm.CUFE if self.key is None else self.key.scheme

    @property
    def key_label(self) -> str:
        """Name of its key, by its algorithm; invoices have two. Without a key of its own, that of any document."""
        schemes = _ANY_KEY if self.key is None else (self.key.usual, *self.key.variants.values())
        return " o ".join(dict.fromkeys(each.scheme.value.partition("-")[0] for each in schemes))

    def key_form(self, type_code: str | None) -> KeyForm:
        """Return the form of the key for that type code; raise ``LookupError`` when it has none."""
        if self.key is None:
            raise LookupError(f"{self.name} has no key of its own")
        return self.key.form(type_code)

    def facet(self, text: Facet) -> Any:
        """Return the object that a facet names, looked up from the family's package."""
        return resolve(text, self.family.package)

    @cached_property
    def model_path(self) -> tuple[str, str]:
        """Module and name of the model's class, known without loading it."""
        module, _, name = self.model.partition(":")
        return absolute(module, self.family.package), name


@dataclass(frozen=True, eq=False)
class Family:
    """Kinds of document under one norm, with the facets that the engines load."""

    name: str
    title: str
    """Its usual name in Colombia, in Spanish."""
    norm: str
    """The resolution and the annex that govern it."""
    package: str
    """``__name__`` of the module that declares it: facets are looked up in it."""
    kinds: tuple[DocumentKind, ...]
    rules: Facet | None = None
    """Its `RuleBook`; None: ``check`` reports that nothing was evaluated."""
    presentation: Facet | None = None
    """Its graphic representation; None: it has none."""
    test_set: Facet | None = None
    """The plan of its test set; None: it has none."""
    office: Facet | None = None
    """Checks that only DIAN can make, for the simulator."""
    draft: Facet | None = None
    """The document that `readiness` judges."""
    samples: Facet | None = None
    """Makes random documents of its kinds."""
    drafts: Facet | None = None
    """The methods of `Company` that draft its documents, one named as each kind; None: ``Company.draft`` alone."""

    def __post_init__(self) -> None:
        """Set the family of each of its kinds."""
        for kind in self.kinds:
            object.__setattr__(kind, "family", self)

    def load(self, facet: Facet | None) -> Any:
        """Return the object of one of its facets; None if it is not declared."""
        return None if facet is None else resolve(facet, self.package)


def _place(member: DocumentType) -> tuple[str, str, str | None]:
    """Return the properties that the types of one kind share."""
    return member.family, member.root_element, member.profile_id


def absolute(module: str, package: str) -> str:
    """Return the absolute name of a facet's module; a plain module, not a package, has no modules below it."""
    home = sys.modules.get(package)
    whole = "." in module or module == package or (home is not None and not hasattr(home, "__path__"))
    return module if whole else f"{package}.{module}"


def resolve(facet: Facet, package: str) -> Any:
    """Return the object named by ``"module:NAME"``; NAME may have dots.

    Raise ``ValueError`` when there is no such thing.
    """
    module, _, name = facet.partition(":")
    if not module or not name:
        raise ValueError(f"{package} declares {facet!r}: a facet is written module:NAME")
    whole = absolute(module, package)
    try:
        found: Any = import_module(whole)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{whole}.".startswith(f"{error.name}."):
            raise
        raise ValueError(f"{package} declares {facet!r}, but there is no module {whole}") from None
    for part in name.split("."):
        if not hasattr(found, part):
            raise ValueError(f"{package} declares {facet!r}, but {whole} has no {name}")
        found = getattr(found, part)
    return found
