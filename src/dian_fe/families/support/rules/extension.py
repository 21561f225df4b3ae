"""Groups AA and AB: DIAN's extension – numbering, software, security code, authoriser, QR."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ....rules.context import Context
from ....rules.extension_checks import (
    NUMBERING,
    authoriser,
    prefix_is_authorised,
    provider,
    provider_by_nit,
    provider_digit,
)
from ....rules.model_checks import required
from ....rules.party_checks import own
from ....rules.registry import Finding, rule
from ....rules.xml_checks import absent
from . import LETTERS

_AB = partial(own, "AB", letters=LETTERS)

absent(*own("AA", "02", letters=LETTERS))
absent("DSAB03", *_AB("13", "18", "30"))
required(*_AB("27"), path="control.security_code", expected="SHA-384 de SoftwareID, PIN y número")
authoriser(*_AB("31"))
required("DSAB36", path="control.qr", expected="la dirección de consulta del documento")
provider("DSAB19b")
provider_digit("DSAB22b")
provider_by_nit("DSAB23")


@rule(*_AB("01"), needs=("xml",))
def dian_extension_is_there(context: Context) -> Iterator[Finding]:
    """One of the extensions is DIAN's."""
    if not context.subject.xml.everywhere("sts:DianExtensions"):
        yield Finding(node=context.subject.xml.all("")[0], expected="sts:DianExtensions")


@rule("DSAB10b", path="control.range_prefix", needs=("document", *NUMBERING))
def numbering_is_enabled(context: Context) -> Iterator[Finding]:
    """The prefix is that of the buyer's authorisation, which is in force on the day of issue."""
    yield from prefix_is_authorised(context)
    first, last = context.resolution.valid_from, context.resolution.valid_to
    if not first <= context.issue_date <= last:
        yield Finding("issued_at", context.issue_date, f"del {first} al {last}")
