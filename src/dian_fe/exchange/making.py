"""The parts of a document from the values of its rows: the other side, the lines, the payment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from inspect import Parameter, signature
from typing import Any

from ..catalogs import PaymentForm
from ..errors import DianFeError, InconsistentAmounts, InvalidInput
from ..families.spec import DocumentKind
from ..models._dates import BOGOTA
from ..models.document import TradeDocument
from ..models.lines import charge, discount
from ..models.payment import ExchangeRate, Payment
from ..models.references import Correction, DocumentReference, OrderReference
from ..models.taxes import tax
from .columns import EXCLUDED, Target, targets_of
from .drafts import make

Problem = tuple[DianFeError, str, int | None]
"""An error, the datum that it is about, and the position of the line if it is about one."""
_GROUPED_ID = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:-([0-9]))?")
_WITH_HYPHEN = frozenset({"41", "42", "47", "48", "50"})
"""Types of identification of other countries, whose hyphen is a part of the number."""
_PESOS = "COP"
_TRIAL_NUMBER, _TRIAL_MOMENT = "1", datetime(2026, 1, 1, 12, tzinfo=BOGOTA)
"""Stand in for number and moment while a document is tried; no finding is about them."""
MADE = "line.…"
"""Key of the parts of a line that are models already."""
_STEP = re.compile(r"lines\[(\d+)\]\.?(.*)")


@dataclass(slots=True)
class Parts:
    """The values of a document: those of the whole, and those of each row."""

    kind: DocumentKind
    common: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]
    payment: Payment | None = None
    """How it is paid where the values do not say it."""
    currency: str | None = None
    """Its currency where the values do not say it."""

    def into(self, details: dict[str, Any]) -> Iterator[Problem]:
        """Yield what cannot be made; put the arguments of ``from_lines`` into ``details``."""
        model: Any = self.kind.model_class
        side = self.kind.roles.counterpart
        yield from self.party(model.COUNTERPART, side, details)
        targets = targets_of(self.kind)
        made: list[Any] = []
        for position, values in enumerate(self.lines):
            try:
                made.append(line_of(model.LINE, values, targets))
            except InvalidInput as error:
                for each in error.errors:
                    yield each, f"line.{_root(each.field)}", position
        details["lines"] = tuple(made)
        yield from self.rest(details)

    def party(self, model: Any, side: str, details: dict[str, Any]) -> Iterator[Problem]:
        """Yield what the other side refuses; without any field, it is left to whoever makes the document."""
        start = f"{side}."
        values = {name.removeprefix(start): value for name, value in self.common.items() if name.startswith(start)}
        if not values:
            return
        if isinstance(number := values.get("id"), str):
            plain, digit = identification(number)
            if digit is None or values.get("check_digit") == digit:
                values["id"] = plain
            elif values.get("id_type") in _WITH_HYPHEN:
                values["id"] = f"{plain}-{digit}"
            elif "check_digit" not in values:
                values["id"], values["check_digit"] = plain, digit
        try:
            details[side] = model.model_validate(values)
        except InvalidInput as error:
            for each in error.errors:
                yield each, f"{start}{_root(each.field)}", None

    def rest(self, details: dict[str, Any]) -> Iterator[Problem]:
        """Yield what is refused of the data that are neither of a party nor of a line."""
        common = self.common
        for name in ("number", "issued_at", "operation", "type_code", "currency", "due_date"):
            if name in common:
                details[name] = common[name]
        if "notes" in common:
            details["notes"] = (common["notes"],)
        if "order" in common:
            yield from _part(details, "order", "order", lambda: OrderReference(number=common["order"]))
        yield from self.rate(details)
        yield from self.paid(details)
        yield from self.correction(details)

    def rate(self, details: dict[str, Any]) -> Iterator[Problem]:
        """Yield what is refused of the exchange rate; of a document in pesos, a rate of one says nothing."""
        currency, rate = self.common.get("currency", self.currency), self.common.get("exchange_rate")
        if currency not in (None, _PESOS):
            if rate is not None:
                values = {"currency": currency, "rate": rate, "date": self.common.get("exchange_date")}
                yield from _part(details, "exchange_rate", "exchange_rate", lambda: ExchangeRate(**values))
        elif rate not in (None, 1):
            yield InvalidInput.of("exchange.rate_of_pesos", found=str(rate)), "exchange_rate", None

    def paid(self, details: dict[str, Any]) -> Iterator[Problem]:
        """Yield what is refused of the payment; a sale with a due date is not paid on the spot because most are."""
        common = self.common
        pay = {name.removeprefix("payment."): value for name, value in common.items() if name.startswith("payment.")}
        if pay and self.payment is not None:
            if "form" not in pay and "due_date" in pay and self.payment.form == PaymentForm.CONTADO:
                yield InvalidInput.of("exchange.no_payment"), "payment.due_date", None
                return
            usual = {"form": ("form", "due_date"), "means": ("means", "ids")}
            pay = {each: getattr(self.payment, each) for name in usual.keys() - pay for each in usual[name]} | pay
        if pay and "form" not in pay:
            yield InvalidInput.of("exchange.no_payment"), f"payment.{next(iter(pay))}", None
        elif pay:
            try:
                details["payment"] = Payment.model_validate(pay)
            except InvalidInput as error:
                yield error, "payment.form", None

    def correction(self, details: dict[str, Any]) -> Iterator[Problem]:
        """Yield what is refused of a note: the reason, and the reference to what it corrects."""
        values = {name.removeprefix("corrects."): value for name, value in self.common.items() if "corrects." in name}
        number = values.get("number")
        if number is not None:
            given = {"number": number, "key": values.get("key"), "issue_date": values.get("date")}
            place = "corrects.number"
            yield from _part(details, "billing_references", place, lambda: (DocumentReference(**given),))
        elif values:
            yield InvalidInput.of("exchange.corrects_nothing"), "corrects.key", None
        concept, reason = self.common.get("concept"), self.common.get("reason")
        if concept is not None and "corrections" not in details:
            known = number if "billing_references" in details else None
            why = {"concept": concept, "description": reason, "reference": known}
            yield from _part(details, "corrections", "concept", lambda: (Correction(**why),))
        elif reason is not None:
            yield InvalidInput.of("exchange.no_concept", found=reason), "reason", None


def _part(details: dict[str, Any], name: str, place: str, make_one: Callable[[], Any]) -> Iterator[Problem]:
    """Put a part into ``details``; yield what it refuses."""
    try:
        details[name] = make_one()
    except InvalidInput as error:
        for each in error.errors:
            yield each, place, None


def identification(text: str) -> tuple[str, str | None]:
    """Return number and check digit of an identification written with them: «900.373.076-4».

    Anything else is returned as it is, for the model to judge.
    """
    match = _GROUPED_ID.fullmatch(text)
    if match is None:
        return text, None
    return re.sub("[.,]", "", match[1]), match[2]


def line_of(model: Any, values: Mapping[str, Any], targets: Mapping[str, Target]) -> Any:
    """Return a line of its values by target. Raise ``InvalidInput``."""
    fields: dict[str, Any] = {}
    taxes: list[Any] = []
    withheld: list[Any] = []
    allowances: list[Any] = []
    for name, value in values.items():
        if name == MADE or not (target := targets[name]).of_line:
            continue
        if target.tax is not None:
            if value != EXCLUDED:
                try:
                    made = tax(target.tax, percent=value)
                except InvalidInput as error:
                    error.field = name.removeprefix("line.")
                    raise
                (withheld if target.withheld else taxes).append(made)
        elif name == "line.discount":
            allowances += [_allowed(discount, "discount", value, percent=True)] if value else []
        elif name == "line.discount_amount":
            allowances += [_allowed(discount, "discount_amount", value)] if value else []
        elif name == "line.charge_amount":
            allowances += [_allowed(charge, "charge_amount", value)] if value else []
        else:
            fields[name.removeprefix("line.")] = value
    made_before: Mapping[str, Any] = values.get(MADE, {})
    fields |= made_before
    for name, found in (("taxes", taxes), ("withholdings", withheld), ("allowances", allowances)):
        if found:
            fields[name] = (*found, *made_before.get(name, ()))
    return model.model_validate(fields)


def _allowed(make_one: Any, name: str, value: Decimal, *, percent: bool = False) -> Any:
    try:
        return make_one(value) if percent else make_one(amount=value)
    except InvalidInput as error:
        error.field = name
        raise


def _root(path: str | None) -> str:
    """Return the first step of a path, or a name that has dots of its own."""
    return path if path and path.startswith(("tax.", "withholding.")) else re.split(r"[.\[]", path or "", maxsplit=1)[0]


def at_once(kind: DocumentKind, details: Mapping[str, Any], payable: Decimal | None) -> Iterator[Problem]:
    """Yield what the document refuses when it is tried, and an amount payable other than the one stated."""
    document, problems = tried(kind, details)
    yield from problems
    if document is not None and payable is not None and document.payable != payable:
        found, expected = str(payable), str(document.payable)
        yield InconsistentAmounts.of("exchange.payable", found=found, expected=expected), "payable", None


def tried(kind: DocumentKind, details: Mapping[str, Any]) -> tuple[TradeDocument | None, list[Problem]]:
    """Return the document, made with a number and a moment of trial where it has none, or what it refuses."""
    missing = kind.roles.counterpart
    needed: Any = signature(kind.model_class.from_lines).parameters
    if missing not in details and needed[missing].default is Parameter.empty:
        return None, [(InvalidInput.of("exchange.no_counterpart", side=missing), f"{missing}.id", None)]
    try:
        return make(kind, {"number": _TRIAL_NUMBER, "issued_at": _TRIAL_MOMENT, **details}), []
    except InvalidInput as error:
        return None, [_placed(each) for each in error.errors]
    except DianFeError as error:
        return None, [(error, error.field or "", None)]


def _placed(error: InvalidInput) -> Problem:
    step = _STEP.match(error.field or "")
    if step is None:
        return error, error.field or "", None
    return error, f"line.{_root(step[2])}", int(step[1])
