"""The rules of the acquisitions."""

from __future__ import annotations

from collections.abc import Iterator

from dian_fe.rules.context import Context
from dian_fe.rules.registry import Finding, rule


@rule("ZSA01", "ZSN01", path="lines")
def little_is_bought(context: Context) -> Iterator[Finding]:
    """No more than two lines."""
    if len(context.document.lines) > 2:
        yield Finding("lines", len(context.document.lines), "hasta 2")


@rule("ZSA02", path="customer.id", needs=("document", "issuer"))
def buyer_issues(context: Context) -> Iterator[Finding]:
    """The buyer is who issues."""
    if context.document.customer.id != context.issuer.organization.nit:
        yield Finding("customer.id", context.document.customer.id, context.issuer.organization.nit)


@rule("ZSA05", path="issued_at", needs=("document", "control"))
def numbering_is_in_force(context: Context) -> Iterator[Finding]:
    """The numbering is in force."""
    end = context.control.authorization_end
    if end is not None and context.document.issue_date > end:
        yield Finding("issued_at", context.document.issue_date, end)


@rule("ZSA06", path="customer.emails")
def buyer_has_mail(context: Context) -> Iterator[Finding]:
    """The buyer has an e-mail."""
    if not context.document.customer.emails:
        yield Finding("customer.emails", None, "un correo")


@rule("ZSA03", "ZSN03", path="control.key", needs=("document", "control", "secret", "keys"))
def key_is_its_own(context: Context) -> Iterator[Finding]:
    """The code is that of its data."""
    expected = context.keys.key(context.document, secret=context.secret, environment=context.control.environment or "")
    if context.control.key != expected:
        yield Finding("control.key", context.control.key, expected)
