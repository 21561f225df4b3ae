"""The rules of the payments."""

from __future__ import annotations

from collections.abc import Iterator

from dian_fe.rules.context import Context
from dian_fe.rules.registry import Finding, rule


@rule("PGO001", path="total")
def total_adds_up(context: Context) -> Iterator[Finding]:
    """The total is the sum of its parts."""
    expected = sum(each.value for each in context.document.earnings)
    if context.document.total != expected:
        yield Finding("total", context.document.total, str(expected))


@rule("PGO002", path="worker.id")
def worker_is_not_employer(context: Context) -> Iterator[Finding]:
    """Nobody pays itself."""
    if context.document.worker.id == context.document.employer.id:
        yield Finding("worker.id", context.document.worker.id, "otra persona")


@rule("PGO003", path="control.key", needs=("document", "control", "secret", "keys"))
def key_is_its_own(context: Context) -> Iterator[Finding]:
    """The code is that of its data."""
    expected = context.subject.keys.key(
        context.document, secret=context.subject.secret, environment=context.subject.control.environment or ""
    )
    if context.subject.control.key != expected:
        yield Finding("control.key", context.subject.control.key, expected)
