"""Rules that families share about the header of a document: profile, operation, type, and how its key is made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from ..families.registry import kind as kind_named
from .context import Context
from .registry import Finding, add, own_rule

_PADDED: Final = "El perfil lleva espacios al principio o al final: la DIAN lo compara letra por letra."


def profile(*codes: str, also: Mapping[str, Collection[str]] = MappingProxyType({}), **meta: Any) -> None:
    """Register the rule that ProfileID is the literal of kind and operation, without surrounding whitespace.

    ``also`` are other literals that pass, by kind: those on which sources differ.
    """

    def function(context: Context) -> Iterator[Finding]:
        kind = kind_named(context.subject.kind)
        expected = kind.profile_of(getattr(context.document, "operation", None))
        node = context.subject.xml.first("cbc:ProfileID")
        found = None if node is None else node.text or ""
        if found != expected and found not in also.get(kind.name, ()):
            padded = found is not None and found.strip() == expected
            yield Finding(
                node=context.subject.xml.all("")[0] if node is None else node,
                found=f"«{found}»" if padded else found or None,
                expected=f"«{expected}»" if padded else expected,
                message=_PADDED if padded else None,
            )

    add(codes, function, "control.profile", needs=("xml",), **meta)


def operation_is_of_the_kind(context: Context) -> Iterator[Finding]:
    """CustomizationID is one of the operations of the kind."""
    document = context.document
    if document.operation not in document.OPERATIONS:
        yield Finding(found=document.operation, expected=", ".join(document.OPERATIONS))


def type_is_of_the_kind(context: Context) -> Iterator[Finding]:
    """InvoiceTypeCode or CreditNoteTypeCode is one of those of the kind."""
    expected = context.document.TYPE_CODES
    if context.type_code not in expected:
        yield Finding(found=context.type_code, expected=", ".join(expected))


def key_scheme_is_of_the_kind(context: Context) -> Iterator[Finding]:
    """UUID/@schemeName, where there is a key, names the algorithm of the kind's key."""
    control = context.subject.control
    expected = kind_named(context.subject.kind).key_form(context.type_code).scheme.value
    if control.key_scheme != expected and control.key is not None:
        yield Finding(found=control.key_scheme, expected=expected)


def own_operation(*kinds: str) -> None:
    """Register the rule of the operation for kinds of which no code of DIAN's is known for it."""
    own_rule("wrong_operation", *kinds, path="operation")(operation_is_of_the_kind)


def own_type(*kinds: str) -> None:
    """Register the rule of the type for kinds of which no code of DIAN's is known for it."""
    own_rule("wrong_type", *kinds, path="type_code")(type_is_of_the_kind)


def own_key_scheme(*kinds: str) -> None:
    """Register the rule of the key's algorithm for kinds of which no code of DIAN's is known for it."""
    own_rule("wrong_key_scheme", *kinds, path="control.key_scheme", needs=("document", "control"))(
        key_scheme_is_of_the_kind
    )
