"""The rules of the tickets."""

from __future__ import annotations

from collections.abc import Iterator

from dian_fe.rules.context import Context
from dian_fe.rules.registry import Finding, rule


@rule("TKT01", path="lines")
def little_is_sold(context: Context) -> Iterator[Finding]:
    """No more than two lines."""
    if len(context.document.lines) > 2:
        yield Finding("lines", len(context.document.lines), "hasta 2")


@rule("TKT02", path="till")
def till_is_told(context: Context) -> Iterator[Finding]:
    """The till is named."""
    if context.document.till is None:
        yield Finding("till", None, "los datos de la caja")


@rule("TKT03", path="control.key", needs=("document", "control", "secret", "keys"))
def key_is_its_own(context: Context) -> Iterator[Finding]:
    """The code is that of its data."""
    expected = context.subject.keys.key(
        context.document, secret=context.subject.secret, environment=context.subject.control.environment or ""
    )
    if context.subject.control.key != expected:
        yield Finding("control.key", context.subject.control.key, expected)
