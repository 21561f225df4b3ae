"""Groups AA and AB: DIAN's extension – numbering, software, security code, authoriser, QR."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ....rules.context import Context
from ....rules.extension_checks import (
    NUMBERING,
    authoriser,
    dian_extension,
    numbering_is_in_force,
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
dian_extension(*_AB("01"))
required("DSAB36", path="control.qr", expected="la dirección de consulta del documento")
provider("DSAB19b")
provider_digit("DSAB22b")
provider_by_nit("DSAB23")


@rule("DSAB10b", path="control.range_prefix", needs=("document", *NUMBERING))
def numbering_is_enabled(context: Context) -> Iterator[Finding]:
    """The prefix is that of the buyer's authorisation, which is in force on the day of issue."""
    yield from prefix_is_authorised(context)
    yield from numbering_is_in_force(context)
