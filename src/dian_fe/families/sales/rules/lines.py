"""Groups AV, AW and BB: the lines, their quantities, amounts and prices, and the reference price of free goods."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from ....catalogs import OperationType, ReferencePrice, catalog
from ....faults import Severity
from ....models.arithmetic import money_sum
from ....models.totals import TOLERANCE, ZERO
from ....rules.context import Context
from ....rules.facts import code_facts
from ....rules.model_checks import each, required
from ....rules.registry import Finding, rule
from ....rules.xml_checks import absent

_AIU_NOTE = "Contrato de servicios AIU por concepto de:"
_FOLDED_AIU_NOTE = _AIU_NOTE.casefold()
_NOTE_LENGTH = range(20, 5001)
_PRICE_DECIMALS = 6
_LONGEST_ID = 18
"""Digits of a line number that are compared."""
_PRICE_TYPES = {None, *(price.value for price in ReferencePrice)}
_UNIT = "una unidad de la lista de la DIAN, como 94 o KGM"

required("FAV01", "CAV01", "DAV01", path="lines", expected="al menos una línea")
absent("FAV04a", "CAV04", "DAV04", filled=True)
absent("FBB01")


@cache
def _units() -> frozenset[str]:
    return frozenset(catalog("units"))


@rule("FAV02", "CAV02", "DAV02", path="lines[].id")
def line_ids_are_unique(context: Context) -> Iterator[Finding]:
    """No two lines have the same id."""
    ids = [line.id for line in context.lines]
    met: set[str] = set()
    if len({*ids}) < len(ids):
        for index, line_id in enumerate(ids):
            if line_id is not None and line_id in met:
                yield Finding(f"lines[{index}].id", line_id, "un número que no se repita")
            met.add(line_id)


@rule("FAV02b", path="lines[].id", since="1.9")
def line_ids_are_in_order(context: Context) -> Iterator[Finding]:
    """The numbers of the lines increase; reported once, at the first that does not."""
    before = -1
    for index, line in enumerate(context.lines):
        said = line.id
        if said is None or not (said.isascii() and said.isdigit()):
            return
        if (number := int(said[:_LONGEST_ID])) < before:
            yield Finding(f"lines[{index}].id", said, f"{before + 1} o más")
            return
        before = number


@rule("FAV03", path="lines[].notes", since="1.8")
def aiu_says_its_contract(context: Context) -> Iterator[Finding]:
    """An AIU invoice has a line whose note begins with the literal of the AIU contract and is 20 to 5000 long."""
    if context.document.operation != OperationType.AIU.value:
        return
    told = False
    for index, line in enumerate(context.lines):
        for position, note in enumerate(line.notes):
            if note.casefold().startswith(_FOLDED_AIU_NOTE):
                told = True
                if len(note) not in _NOTE_LENGTH:
                    yield Finding(f"lines[{index}].notes[{position}]", f"{len(note)} caracteres", "20 a 5000")
    if not told:
        yield Finding("lines", None, f"una línea con nota que empiece «{_AIU_NOTE}»")


each(
    *("FAV04b", "CAV04b", "DAV04b"),
    path="lines[].quantity",
    wrong=lambda line: line.quantity < ZERO,
    expected="cero o más",
)


each(*("FAV05", "CAV05", "DAV05"), path="lines[].unit", wrong=lambda line: line.unit not in _units(), expected=_UNIT)


@rule("FAV06", "CAV06", "DAV06", path="lines[].amount")
def line_amount_is_price_times_quantity(context: Context) -> Iterator[Finding]:
    """LineExtensionAmount is price × quantity − discounts + charges; a good given away has 0.00.

    Price × BaseQuantity is accepted too, and a price including taxes.
    """
    for index, line in enumerate(context.lines):
        amount, expected = line.amount, line.price * line.quantity
        if amount is None or amount == expected:
            continue
        adjustment = ZERO
        for item in line.allowances:
            if item.amount is not None:
                adjustment = adjustment + item.amount if item.is_charge else adjustment - item.amount
        expected += adjustment
        if abs(amount - expected) <= TOLERANCE or (not amount and _is_free(line)):
            continue
        base = line.quantity if line.base_quantity is None else line.base_quantity
        others = (line.price * base + adjustment, expected - money_sum(total.amount for total in line.taxes))
        if all(abs(amount - other) > TOLERANCE for other in others):
            yield Finding(f"lines[{index}].amount", amount, expected)


def _is_free(line: Any) -> bool:
    return bool(line.free_of_charge) or line.reference_price is not None


@rule("FAW01", "CAW01", path="lines[].reference_price")
def free_line_has_reference_price(context: Context) -> Iterator[Finding]:
    """A line of 0.00 has the reference price of the free good."""
    for index, line in enumerate(context.lines):
        if line.amount is not None and not line.amount and line.reference_price is None and not line.allowances:
            yield Finding(
                f"lines[{index}].reference_price",
                None,
                "el precio de referencia de una unidad",
                severity=Severity.NOTIFICACION if line.price else None,
            )


@rule("FAW02", "CAW02", needs=("xml",))
def reference_has_its_price(context: Context) -> Iterator[Finding]:
    """PricingReference, unless it is empty altogether, holds AlternativeConditionPrice."""
    place = code_facts()[f"{context.letter}AW02"].path.rpartition("/")[0]
    for node in context.subject.xml.all(place):
        if len(node) and context.subject.xml.first("cac:AlternativeConditionPrice", node) is None:
            yield Finding(node=node, expected="cac:AlternativeConditionPrice")


@rule("FAW03", "CAW03", "DAW03", path="lines[].reference_price.amount")
def reference_price_has_up_to_six_decimals(context: Context) -> Iterator[Finding]:
    """The reference price has up to six decimals."""
    for index, line in enumerate(context.lines):
        price = line.reference_price
        if price is not None and _too_precise(price.amount):
            yield Finding(f"lines[{index}].reference_price.amount", price.amount, "hasta 6 decimales")


def _too_precise(price: Decimal) -> bool:
    """True if a price has more than six significant decimals."""
    text = str(price)
    if len(text) - text.find(".") - 1 <= _PRICE_DECIMALS and "E" not in text:
        return False
    return price != round(price, _PRICE_DECIMALS)


# DIAN notifies an empty element too.
each(
    *("FAW05", "CAW05", "DAW05"),
    path="lines[].reference_price.type_code",
    wrong=lambda line: line.reference_price is not None and line.reference_price.type_code not in _PRICE_TYPES,
    expected="01, 02 o 03",
)


each("FBB02", path="lines[].price", wrong=lambda line: _too_precise(line.price), expected="hasta 6 decimales")


@rule("CBB02", "DBB02", needs=("xml",))
def note_line_has_a_price(context: Context) -> Iterator[Finding]:
    """Every line has a unit price."""
    lines, _, price = code_facts()[f"{context.letter}BB02"].path.partition("/")
    for node in context.subject.xml.all(lines):
        if not context.subject.xml.text(price, node):
            yield Finding(node=node, expected=price)


@rule("FBB04", "CBB04", "DBB04", path="lines[].base_quantity")
def price_says_its_quantity(context: Context) -> Iterator[Finding]:
    """BaseQuantity is present, with its unit."""
    for index, line in enumerate(context.lines):
        if line.base_quantity is None:
            yield Finding(f"lines[{index}].base_quantity", None, line.quantity)
        elif line.base_unit is None:
            yield Finding(f"lines[{index}].base_unit", None, line.unit)


each(
    "FBB05",
    path="lines[].base_unit",
    wrong=lambda line: line.base_unit is not None and line.base_unit not in _units(),
    expected=_UNIT,
)
