"""The rules of the toy family: loaded by its rule book, once the family is declared."""

from __future__ import annotations

from collections.abc import Iterator

from dian_fe.rules.context import Context
from dian_fe.rules.registry import Finding, rule


@rule("VA01", path="value", since="1.0")
def value_is_whole(context: Context) -> Iterator[Finding]:
    """A voucher has no cents."""
    if context.document.value % 1:
        yield Finding("value", context.document.value, "sin centavos")


@rule("VA02", path="valid_until")
def ends_after_issue(context: Context) -> Iterator[Finding]:
    """It lasts until after its issue."""
    end = context.document.valid_until
    if end is not None and end <= context.issue_date:
        yield Finding("valid_until", end, f"después de {context.issue_date}")


@rule("VA03", path="control.key", needs=("document", "control", "secret", "keys"))
def key_is_its_own(context: Context) -> Iterator[Finding]:
    """The code is that of its data."""
    environment = context.subject.control.environment or ""
    expected = context.subject.keys.key(context.document, secret=context.subject.secret, environment=environment)
    if context.subject.control.key != expected:
        yield Finding("control.key", context.subject.control.key, expected)
