"""Groups AD and FC: the header of a document – profile, unique code, type, currency, operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....catalogs import DocumentType
from ....rules import advice
from ....rules.context import Context
from ....rules.extension_checks import key
from ....rules.header_checks import own_key_scheme, own_operation, own_type, profile
from ....rules.registry import Finding, rule
from . import KINDS

_NOTE: Final = DocumentType.NOTA_DE_AJUSTE_AL_DOCUMENTO_SOPORTE
_LIST: Final = ("listID", "listAgencyID", "listAgencyName")

profile("DSAD03", "NSAD03")
key("DSAD06", "NSAD06")
own_operation(*KINDS)
own_type(KINDS[0])
own_key_scheme(*KINDS)
advice.corrections(KINDS[1])


@rule("NSAD12", path="type_code")
def note_type(context: Context) -> Iterator[Finding]:
    """CreditNoteTypeCode is 95, not the concept of the correction."""
    if context.type_code != _NOTE.value:
        yield Finding(found=context.type_code, expected=_NOTE.value)


@rule("DSFC03", path="currency", needs=("xml",))
def currency_is_bare(context: Context) -> Iterator[Finding]:
    """DocumentCurrencyCode has no list attributes."""
    node = context.subject.xml.first("cbc:DocumentCurrencyCode")
    told = next((name for name in _LIST if node is not None and node.get(name) is not None), None)
    if told is not None:
        yield Finding(node=node, attribute=told, found=node.get(told), expected="ningún atributo")
