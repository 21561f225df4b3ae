"""Company, numbering, software, certificate and addresses on a day: the findings of `readiness` and `check` about them.

A finding has the code of DIAN's rule, if there is one, or else a code of the library in lower case; helpful hints are
advice. Documents naming the parties are made and judged by `dian_fe._readiness`, which joins all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .._arguments import checked
from ..catalogs import FINAL_CONSUMER_ID, Environment
from ..errors import InvalidEmail, InvalidInput
from ..families.registry import labels
from ..families.spec import Authorised, DocumentKind
from ..faults import Certainty, Fault, Severity
from ..models.party import check_email
from ..models.resolution import ResolutionState
from .coded_faults import coded_fault
from .subject import CertificateFacts

if TYPE_CHECKING:
    from ..models.address import Address
    from ..models.issuer import Issuer
    from ..models.party import Party
    from ..models.resolution import Resolution

SOON: Final = timedelta(days=30)
"""Validities that end within this time are reported."""
FEW_NUMBERS: Final = 100
"""Numberings with fewer numbers left than this are reported."""
_OWN_SOFTWARE, _FREE_SOFTWARE = "000", "001"


def _advice(code: str, **said: Any) -> Fault:
    """Make a finding of the library's own that stops nothing."""
    return replace(coded_fault(code, **said), severity=Severity.CONSEJO)


def _likely(code: str, **said: Any) -> Fault:
    """Make a finding of the library's own that DIAN likely refuses: no answer of it to such a document is known."""
    return replace(coded_fault(code, **said), certainty=Certainty.PROBABLE)


def state_faults(issuer: Issuer, today: date, path: str = "issuer.organization.state") -> Iterator[Fault]:
    """Yield what keeps a company from issuing on a day, as far as its state is given.

    In habilitación a company is not active yet, so there it is advice. In production it is a likely rejection: no
    answer of DIAN to such a document is known.
    """
    state = issuer.organization.state
    trying = issuer.environment == Environment.HABILITACION
    early = state.start_date is not None and today < state.start_date
    for is_wrong, code, field, seen, wanted in (
        (state.electronic_invoicing is False, "not_electronic_invoicer", "electronic_invoicing", "no", "sí"),
        (state.prior_validation is False, "no_prior_validation", "prior_validation", "no", "sí"),
        (early, "not_started", "start_date", today, f"{state.start_date} o después"),
    ):
        if is_wrong:
            said = {"path": f"{path}.{field}", "found": seen, "expected": wanted}
            yield _advice(code, **said) if trying else _likely(code, **said)


def numbering_faults(
    resolution: Resolution | None,
    path: str,
    environment: Environment,
    today: date,
    last: int | None,
    associated: Sequence[Resolution] | None,
    needs_key: bool | None = True,
    kinds: Sequence[DocumentKind] = (),
) -> Iterator[Fault]:
    """Yield what is wrong with the numbering, apart from the findings of document rules.

    ``path``: model path of the numbering. ``last``: last number used. ``associated``: the result of GetNumberingRange.
    ``needs_key``: whether its documents' keys need its technical key; None when that is not known.
    ``kinds``: the kinds of document that it numbers, or should number.
    """
    if resolution is None:
        wanted = f"Resolution(…) para {labels(kinds)}" if kinds else "Resolution(…)"
        yield coded_fault("no_resolution", path=path, expected=wanted)
        return
    ends = resolution.valid_to - today
    if resolution.state(today) is ResolutionState.ACTIVE and ends <= SOON:
        yield _ending("resolution_ends_soon", f"{path}.valid_to", ends)
    if last is not None and 0 < (left := resolution.left(last)) < FEW_NUMBERS:
        yield _advice(
            "numbers_end_soon", path=f"{path}.range_to", found=f"{left} números", expected=f"{FEW_NUMBERS} o más"
        )
    if resolution.technical_key is None and needs_key is not False:
        fault = coded_fault("no_technical_key", path=f"{path}.technical_key", expected="la clave técnica del rango")
        yield fault if needs_key else replace(fault, certainty=Certainty.DUDOSA)
    tried = {kind.numbering.test_prefix for kind in kinds if isinstance(kind.numbering, Authorised)} - {""}
    if environment == Environment.PRODUCCION and resolution.prefix in tried:
        own = "el prefijo de una resolución propia"
        yield coded_fault("test_numbering", path=f"{path}.prefix", found=resolution.prefix, expected=own)
    if associated is not None:
        yield from _association(resolution, path, associated, kinds[0].codes if kinds else {})


def _association(
    resolution: Resolution, path: str, associated: Sequence[Resolution], codes: Mapping[str, str]
) -> Iterator[Fault]:
    """Yield the differences between a numbering and those that DIAN gives for the software."""
    same = [each for each in associated if each.prefix == resolution.prefix]
    if not same:
        found, *others = [each.prefix or "(sin prefijo)" for each in (resolution, *associated)]
        wanted = f"uno de los asociados: {', '.join(dict.fromkeys(others)) or 'ninguno'}"
        yield coded_fault("prefix_not_associated", path=f"{path}.prefix", found=found, expected=wanted)
        return
    ranges = [each for each in same if each.authorization == resolution.authorization]
    if not ranges:
        wanted = ", ".join(each.authorization for each in same)
        yield _other(codes, "authorization", path, resolution.authorization, wanted)
        return
    # One authorization may have several ranges of a prefix: the nearest one is compared.
    known = min(ranges, key=lambda each: sum(getattr(each, name) != getattr(resolution, name) for name in _OF_RANGE))
    for name in _OF_RANGE:
        found, expected = getattr(resolution, name), getattr(known, name)
        if found != expected:
            yield _other(codes, name, path, found, expected)
    if None not in (known.technical_key, resolution.technical_key) and resolution.technical_key != known.technical_key:
        yield coded_fault(
            "other_technical_key",
            path=f"{path}.technical_key",
            found="otra clave",
            expected="la que da GetNumberingRange para este rango",
        )


_OF_RANGE: Final = ("valid_from", "valid_to", "range_from", "range_to")


def _other(codes: Mapping[str, str], name: str, path: str, found: object, expected: object) -> Fault:
    """Return the finding about a field that differs at DIAN: under the kind's code, or one of the library's own.

    Without a code it is a likely rejection: no answer of DIAN to such a document is known.
    """
    said: dict[str, Any] = {"path": f"{path}.{name}", "found": found, "expected": expected}
    return coded_fault(codes[name], **said) if codes.get(name) else _likely("numbering_differs", **said)


def software_faults(issuer: Issuer) -> Iterator[Fault]:
    """Yield contradictions between the software's owner and its provider code."""
    code, path = issuer.software.provider_code, "issuer.software.provider_code"
    if issuer.software.provider_nit in {None, issuer.organization.nit}:
        if code not in {_OWN_SOFTWARE, _FREE_SOFTWARE}:
            yield _advice("provider_without_nit", path=path, found=code, expected=_OWN_SOFTWARE)
    elif code == _OWN_SOFTWARE:
        yield _advice("provider_without_code", path=path, found=code, expected="el código del proveedor")


class Emails(NamedTuple):
    """Usable e-mail addresses, and findings about the others."""

    usable: tuple[str, ...]
    """Each mailbox once, as it was first written: what ``Customer(emails=…)`` takes."""
    faults: tuple[Fault, ...]
    """Advice about invalid and repeated addresses."""


_BETWEEN: Final = re.compile(r"[;,\s]+")


@checked
def usable_emails(given: str | Iterable[str | None] | None, path: str = "emails") -> Emails:
    """Sort e-mail addresses as forms and spreadsheets have them, so that a bad one does not stop the others.

    ``given``: a text with one or several, separated by whitespace, commas or semicolons; or several such texts. Names
    around an address («Ana <ana@example.com>») and ``mailto:`` are left out, and so is None, a cell without a value.
    Findings have the address's place in the input: ``emails[1]``. Raise ``InvalidInput`` for anything but texts.
    """
    addresses = [each for text in _texts(given, path) for each in _pieces(text)]
    seen: dict[str, str] = {}
    faults = []
    for position, email in enumerate(addresses):
        place = f"{path}[{position}]"
        try:
            check_email(email)
        except InvalidEmail as error:
            faults.append(_advice("bad_email", path=place, found=email, expected=error.expected))
            continue
        if (first := seen.get(email.casefold())) is not None:
            expected = f"una sola vez: ya está {first}"
            faults.append(_advice("repeated_email", path=place, found=email, expected=expected))
        seen.setdefault(email.casefold(), email)
    return Emails(tuple(seen.values()), tuple(faults))


_NAMED: Final = re.compile(r"[^<>;,]*<([^<>]*)>")
_SCHEME: Final = re.compile(r"mailto:", re.IGNORECASE)


def _texts(given: Any, path: str) -> Iterator[str]:
    many = isinstance(given, Iterable) and not isinstance(given, (str, bytes, Mapping))
    for each in given if many else (given,):
        if isinstance(each, str):
            yield each
        elif each is not None:
            raise InvalidInput.of("rules.emails_not_text", field=path, found=type(each).__name__)


def _pieces(text: str) -> list[str]:
    """Split a text into addresses; of «Ana <ana@example.com>» only the part between the brackets."""
    bare = _NAMED.sub(r" \1 ", text)
    return [_SCHEME.sub("", each) for each in _BETWEEN.split(bare) if each]


def reachable(party: Party, where: str) -> Iterator[Fault]:
    """Yield what keeps mail and post from a party: invalid or repeated e-mails, postal codes of other places.

    A final consumer has no e-mail: nobody knows who it is.
    """
    if not party.emails and party.id != FINAL_CONSUMER_ID:
        yield _advice("no_email", path=f"{where}.emails", expected="nombre@example.com")
    yield from usable_emails(party.emails, f"{where}.emails").faults
    for name in ("address", "registration_address"):
        address = getattr(party, name)
        if address is not None and address.municipality is not None:
            yield from _place(address, where if name == "address" else f"{where}.{name}")


def _place(address: Address, where: str) -> Iterator[Fault]:
    """Yield contradictions in an address, which only received documents have, and a missing postal code."""
    if address.postal_code is None:
        yield _advice("no_postal_code", path=f"{where}.postal_code", expected="seis dígitos")
    for told in address.contradictions():
        if told.field != "municipality":  # DIAN's rule reports one that does not exist
            yield _advice(
                "postal_code_elsewhere" if told.field == "postal_code" else "place_contradicts",
                path=f"{where}.{told.field}",
                message=told.message,
                hint=(told.remedy or "")[:1].upper() + (told.remedy or "")[1:],
                found=told.found,
                expected=told.expected,
            )


def certificate_faults(issuer: Issuer, certificate: CertificateFacts, at: datetime) -> Iterator[Fault]:
    """Yield what is wrong with the signing certificate: its dates and its owner."""
    first, last, nit = certificate.not_before, certificate.not_after, issuer.organization.nit
    if not first <= at <= last:
        yield coded_fault("ZD02", path="certificate", found=at.date(), expected=f"{first:%Y-%m-%d} a {last:%Y-%m-%d}")
    elif last - at <= SOON:
        yield _ending("certificate_ends_soon", "certificate", last - at)
    if certificate.nit is None:
        yield _advice("certificate_without_nit", path="certificate", expected=nit)
    elif certificate.nit not in {nit, issuer.software.provider_nit}:
        yield coded_fault("wrong_signer", path="certificate", found=certificate.nit, expected=nit)


def _ending(code: str, path: str, left: timedelta) -> Fault:
    return _advice(code, path=path, found=f"{left.days} días", expected=f"más de {SOON.days} días")
