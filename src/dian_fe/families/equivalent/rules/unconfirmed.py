"""Advice on documents that use what rests on one source alone (mark C in the models)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....catalogs import EquivalentDebitNoteConcept, EquivalentOperationType
from ....rules.context import Context
from ....rules.registry import Finding, own_rule
from ...registry import kind as kind_named
from ..models import CONTINGENCY
from . import DEBIT_NOTE, DOCUMENTS, NOTES, OTHERS

_ON_SITE: Final = EquivalentOperationType.FACTURACION_EN_SITIO.value
_OTHER: Final = EquivalentDebitNoteConcept.OTROS.value


@own_rule("few_known_rules", *OTHERS, *NOTES, path="control.profile")
def rules_are_hardly_known(context: Context) -> Iterator[Finding]:
    """Where hardly any code is known, that nothing is found proves little: every such document has this advice."""
    yield Finding(found=kind_named(context.subject.kind).document_type)


@own_rule("unconfirmed_contingency", *DOCUMENTS, path="type_code")
def contingency_is_hardly_known(context: Context) -> Iterator[Finding]:
    """The types of contingency rest on few sources, which contradict each other."""
    if context.type_code in CONTINGENCY:
        yield Finding(found=context.type_code)


@own_rule("unconfirmed_showing", "cinema_ticket", path="showing")
def showing_is_of_one_source(context: Context) -> Iterator[Finding]:
    """One implementer alone names the data of a showing."""
    if context.document.showing is not None:
        yield Finding()


@own_rule("unconfirmed_service", "utility_bill", path="services")
def service_is_of_one_source(context: Context) -> Iterator[Finding]:
    """One template alone has what is inside of a service, and how services of another company are billed."""
    for index, service in enumerate(context.document.services):
        if service.content or service.third_party:
            yield Finding(f"services[{index}].{'content' if service.content else 'third_party'}")


@own_rule("unconfirmed_profile", "utility_bill", path="operation")
def profile_on_site_is_of_one_source(context: Context) -> Iterator[Finding]:
    """The profile of bills on site is of one source."""
    if context.document.operation == _ON_SITE:
        yield Finding(found=_ON_SITE)


@own_rule("unconfirmed_concept", DEBIT_NOTE, path="corrections[].concept")
def concept_is_of_one_source(context: Context) -> Iterator[Finding]:
    """That debit notes have concept 4 is inferred from the list of invoices."""
    for index, concept in enumerate(context.concepts):
        if concept == _OTHER:
            yield Finding(f"corrections[{index}].concept", concept)
