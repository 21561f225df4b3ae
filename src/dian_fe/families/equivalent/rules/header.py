"""Groups AD, AI and BD: the header of a document – versions, profile, operation, type, time, key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....catalogs import DocumentType
from ....faults import Severity
from ....rules.context import Context
from ....rules.extension_checks import KEY_NEEDS, key_fits
from ....rules.header_checks import operation_is_of_the_kind, own_key_scheme, own_operation, own_type, profile
from ....rules.model_checks import equal, listed
from ....rules.registry import Finding, own_rule, register, rule
from ...registry import kind as kind_named
from ..models import CONTINGENCY
from . import CREDIT_NOTE, DEBIT_NOTE, KINDS, NOTES, OTHERS

_ZONE: Final = "-05:00"
_TICKET: Final = DocumentType.TIQUETE_POS
_OF_DIAN: Final = CONTINGENCY[1]
_TYPES: Final = {*CONTINGENCY, *(member.value for member in DocumentType if member.family == _TICKET.family)}
_OTHER_PROFILES: Final = {
    # Two blanks: so writes an accredited provider.
    "transport_ticket": ("DIAN 2.1: Documento Equivalente Tiquete de Transporte  Terrestre de Pasajeros",),
    # Bills on site (602) have one of their own by one source alone.
    "utility_bill": (kind_named("utility_bill").profile,),
}

equal("DEAD01", path="control.ubl_version", to="UBL 2.1", needed=True)
register("DEAD02", operation_is_of_the_kind, path="operation")
profile("DEAD03", "NAAD03", "NADBD03")
listed("DEAD12a", path="type_code", among=_TYPES, expected=f"{_TICKET.value}, o en contingencia 07 u 08", needed=True)
listed(
    "DEAD12b",
    path="type_code",
    among=(_TICKET.value, *CONTINGENCY),
    expected=_TICKET.value,
    when=lambda context: context.type_code in _TYPES,
)

own_operation(*OTHERS, *NOTES)
own_type(*OTHERS, CREDIT_NOTE)
own_key_scheme(*KINDS)
profile("wrong_profile", kinds=OTHERS, also=_OTHER_PROFILES)


@rule("DEAD10", path="issued_at", needs=("xml",))
def time_is_of_colombia(context: Context) -> Iterator[Finding]:
    """cbc:IssueTime, where it is, is in the zone -05:00."""
    node = context.subject.xml.first("cbc:IssueTime")
    found = _ZONE if node is None else (node.text or "").strip()
    if not found.endswith(_ZONE):
        yield Finding(node=node, found=found, expected=_ZONE)


@rule("DEAI01", path="additional_references")
def contingency_of_dian_names_the_document(context: Context) -> Iterator[Finding]:
    """A document of type 08 names what was handed over in contingency."""
    if context.type_code == _OF_DIAN and not context.document.additional_references:
        yield Finding(expected="el documento que se entregó en contingencia")


@own_rule("key_differs", *KINDS, path="control.key", needs=KEY_NEEDS)
def key_is_of_its_data(context: Context) -> Iterator[Finding]:
    """The CUDE is that of the document's data and the PIN: a likely rejection, of which no code is known.

    Which total a debit note takes is inferred from those of sales, so there it is advice.
    """
    severity = None if context.subject.kind == DEBIT_NOTE else Severity.RECHAZO
    for finding in key_fits(context):
        yield finding._replace(severity=severity)
