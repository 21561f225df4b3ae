"""Groups AA and AB: DIAN's extension. That of notes has no numbering, which DIAN does not authorise."""

from __future__ import annotations

from collections.abc import Iterator

from ....rules.context import Context
from ....rules.extension_checks import (
    NUMBERING,
    dian_extension,
    limit_is_authorised,
    numbering_is_in_force,
    prefix_is_authorised,
    security_code,
)
from ....rules.model_checks import equal, required
from ....rules.registry import Finding, register, rule
from ....rules.xml_checks import absent
from . import KINDS

absent("NAAA02")
dian_extension("NAAB03")

required("DEAB05a", path="control.authorization", expected="el número de la autorización de numeración")
equal("DEAB05b", path="control.authorization", to=lambda c: c.resolution.authorization, needs=NUMBERING)
register("DEAB10b", prefix_is_authorised, path="control.range_prefix", needs=NUMBERING)

_end_is_authorised = limit_is_authorised("range_to")


@rule("DEAB12b", path="control.range_to", needs=("document", *NUMBERING))
def range_is_in_force(context: Context) -> Iterator[Finding]:
    """The final number is that of a numbering of the issuer's which is in force on the day of issue."""
    yield from _end_is_authorised(context)
    yield from numbering_is_in_force(context)


security_code("wrong_security_code", kinds=KINDS)
