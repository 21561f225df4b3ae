"""Base of documents with lines and totals: fields, construction from lines, and checks before writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypedDict, TypeVar, Unpack
from weakref import WeakValueDictionary

from pydantic import BeforeValidator

from .._arguments import named
from ..catalogs import DocumentType, OperationType, PaymentForm
from ..errors import InvalidInput, MissingDatum, MissingDueDate, MissingExchangeRate, NotAllowed
from ..families.registry import model_kind
from ._base import Model
from ._dates import MaybeDay, Moment
from ._fields import Fixed, Many, ModelMeta, Text, field
from ._missing import missing_of, refuse_missing
from ._numbers import Exact, exact_of
from .arithmetic import compute
from .codes import check_codes
from .customer import Customer
from .delivery import Delivery, DeliveryTerms
from .lines import AllowanceCharge, Line, check_base_quantity, check_percent
from .organization import Organization
from .party import Party, PartyReference
from .payment import ExchangeRate, Payment, PaymentTerms, Prepayment
from .rates import check_rate
from .references import Correction, DocumentReference, OrderReference, Period
from .taxes import TaxTotal
from .totals import Rounding, Totals
from .zeros import real_withholdings

if TYPE_CHECKING:
    from ._fields import Taken
    from .issuer import Issuer

M = TypeVar("M", bound=Model)


def as_party(value: Any) -> Any:
    """Return an `Organization` or a `Customer`, or their JSON, as a `Party`; anything else as it is."""
    if isinstance(value, (Organization, Customer)):
        return value.party()
    if isinstance(value, dict):
        if "nit" in value:
            return Organization.model_validate(value).party()
        if "municipality" in value or "wants_xml" in value or isinstance(value.get("address"), str):
            return Customer.model_validate(value).party()
    return value


if TYPE_CHECKING:
    PartyInDocument = Taken[Party, Party | Organization | Customer]
else:
    PartyInDocument = Annotated[Party, BeforeValidator(as_party)]
    """A party; an `Organization` or a `Customer` (or their JSON) is taken and becomes what the document says of it."""


class DocumentDetails(TypedDict, total=False):
    """Every field that ``from_lines`` neither names nor computes; some belong to one kind only."""

    operation: str
    type_code: str
    due_date: date | str | None
    period: Period | None
    notes: Iterable[str]
    tax_point_date: date | str | None
    order: OrderReference | None
    billing_references: Iterable[DocumentReference]
    despatch_references: Iterable[DocumentReference]
    receipt_references: Iterable[DocumentReference]
    additional_references: Iterable[DocumentReference]
    tax_representative: PartyReference | None
    delivery: Delivery | None
    delivery_terms: DeliveryTerms | None
    payment_terms: Iterable[PaymentTerms]
    health: Any
    """Sales documents: a `HealthSector`."""
    corrections: Iterable[Correction]


class AmountDetails(DocumentDetails, total=False):
    """Optional arguments of ``from_lines``."""

    currency: str
    exchange_rate: ExchangeRate | None
    allowances: Iterable[AllowanceCharge]
    prepayments: Iterable[Prepayment]
    withholdings: Iterable[TaxTotal]
    payable_rounding: Exact | None
    deduct_prepayments: bool | None
    rounding: Rounding | None


class NoteDetails(DocumentDetails, total=False):
    """Optional arguments of ``correcting``: by default, the invoice's values."""

    supplier: Organization | Party
    customer: Customer | Party
    currency: str
    exchange_rate: ExchangeRate | None
    payment: Payment | Sequence[Payment]
    allowances: Iterable[AllowanceCharge]
    payable_rounding: Exact | None
    rounding: Rounding | None


class TradeDocument(Model, defer_build=True, metaclass=ModelMeta):
    """Base of documents with parties, lines, taxes and totals; every family of them derives its own.

    Construct them with ``from_lines``, which computes every amount. The plain constructor takes all fields as they are:
    readers use it for received documents, whose amounts may contradict each other.
    """

    OPERATIONS: ClassVar[tuple[str, ...]] = ()
    """Operation types that the kind may have, the usual one first."""
    OPERATION_LIST: ClassVar[str] = "operation_types"
    """Name of the catalogue that holds them."""
    TAX_CODES: ClassVar[tuple[str, ...]] = ()
    """Taxes that the kind may have; none: all of the catalogue."""
    WITHHOLDING_CODES: ClassVar[tuple[str, ...]] = ()
    """Withholdings that the kind may have; none: all of the catalogue."""
    TYPE_CODES: ClassVar[tuple[str, ...]] = ()
    """Type codes that the kind may have; contingency types are for invoices only, and a debit note carries none."""
    ALLOWS_WITHHOLDINGS: ClassVar[bool] = False
    ALLOWS_PREPAYMENTS: ClassVar[bool] = True
    ALLOWS_FREE_INDICATOR: ClassVar[bool] = True
    LINE: ClassVar[type[Line]] = Line
    """The class of its lines."""
    COUNTERPART: ClassVar[type[Customer]] = Customer
    """The class made from JSON of the counterpart."""

    number: Fixed[Text]
    """Prefix and consecutive without separators: "SETP990000001" (cbc:ID)."""
    issued_at: Moment
    """Issue date and time in Colombian time; the signing date must be the same day (rule FAD09e)."""
    operation: Fixed[Text]
    """`OperationType` (cbc:CustomizationID)."""
    supplier: PartyInDocument
    customer: PartyInDocument
    currency: Fixed[Text] = field(default="COP")
    """ISO 4217 code of every amount of the document."""
    exchange_rate: Fixed[ExchangeRate | None] = field(default=None)
    """Needed when the currency is not COP."""
    period: Fixed[Period | None] = field(default=None)
    """Invoiced period; health operations and notes without reference need it."""
    notes: Many[Text] = field(default=())
    tax_point_date: MaybeDay = field(default=None)
    order: Fixed[OrderReference | None] = field(default=None)
    billing_references: Many[DocumentReference] = field(default=())
    """Invoices that the document refers to; a note names the invoice it corrects here."""
    despatch_references: Many[DocumentReference] = field(default=())
    receipt_references: Many[DocumentReference] = field(default=())
    additional_references: Many[DocumentReference] = field(default=())
    tax_representative: Fixed[PartyReference | None] = field(default=None)
    """Another party that may download the document (cac:TaxRepresentativeParty)."""
    delivery: Fixed[Delivery | None] = field(default=None)
    delivery_terms: Fixed[DeliveryTerms | None] = field(default=None)
    payments: Many[Payment] = field(default=())
    payment_terms: Many[PaymentTerms] = field(default=())
    """Instalments and other conditions."""
    prepayments: Many[Prepayment] = field(default=())
    allowances: Many[AllowanceCharge] = field(default=())
    """Discounts and charges on the whole document; they change only the amount payable."""
    taxes: Many[TaxTotal] = field(default=())
    """One total per tax, summed over the lines."""
    totals: Fixed[Totals]
    """Sums of lines, discounts and charges. Raises ``MissingDatum`` in a received document without them."""
    lines: Many[Line] = field(default=())

    @property
    def line_count(self) -> int:
        """Number of lines (cbc:LineCountNumeric)."""
        return len(self.lines)

    @property
    def issue_date(self) -> date:
        """The Colombian day of issue."""
        return self.issued_at.date()

    @property
    def issuer_id(self) -> str:
        """NIT of the supplier, who issues and signs."""
        return self.supplier.id

    @property
    def payable(self) -> Decimal:
        """The amount payable (cbc:PayableAmount). Raises ``MissingDatum`` in a received document without it."""
        return self.totals.payable

    @classmethod
    @named
    def from_lines(
        cls,
        *,
        number: str,
        issued_at: datetime | str,
        supplier: Organization | Party,
        customer: Customer | Party,
        lines: Iterable[Line],
        payment: Payment | Sequence[Payment],
        currency: str = "COP",
        exchange_rate: ExchangeRate | None = None,
        allowances: Iterable[AllowanceCharge] = (),
        prepayments: Iterable[Prepayment] = (),
        withholdings: Iterable[TaxTotal] = (),
        payable_rounding: Exact | None = None,
        deduct_prepayments: bool | None = None,
        rounding: Rounding | None = None,
        **details: Unpack[DocumentDetails],
    ) -> Self:
        """Make a document whose totals follow from its lines.

        ``withholdings`` apply to every line, in addition to its own (invoices only). ``payable_rounding`` is added to
        the amount payable (PayableRoundingAmount). ``deduct_prepayments``: whether prepayments lower the amount
        payable; by default only in health operations. Prepayments without ``id`` are numbered. ``rounding`` is the
        policy (`Rounding`): two decimals, halves to even, line by line. ``details`` are further fields of the document.

        Raises the typed errors of ``InvalidInput``: codes outside their catalogue, a foreign currency without rate, a
        credit payment without due date, amounts that contradict the computed ones, and so on.
        """
        values: dict[str, Any] = cls._details({**details})
        _refuse_computed(values)
        shared = as_parts(withholdings, TaxTotal, "withholdings")
        prepared = cls._lines(as_parts(lines, cls.LINE, "lines"), shared, issued_at)
        seller = cls._side("supplier", supplier)
        operation = str(values.pop("operation", None) or cls._usual_operation(seller))
        if deduct_prepayments is None:
            deduct_prepayments = cls._deducts_prepayments(operation)
        advances = _numbered(as_parts(prepayments, Prepayment, "prepayments"))
        if advances and not cls.ALLOWS_PREPAYMENTS:
            raise NotAllowed.of("models.note_with_prepayments", field="prepayments", found=len(advances))
        if rounding is not None and not isinstance(rounding, Rounding):
            raise InvalidInput.of("models.rounding_policy", field="rounding", found=repr(rounding)[:60])
        reductions = as_parts(allowances, AllowanceCharge, "allowances")
        try:
            computed = compute(
                prepared,
                allowances=reductions,
                prepayments=advances,
                payable_rounding=None if payable_rounding is None else exact_of(payable_rounding, "payable_rounding"),
                deduct_prepayments=deduct_prepayments,
                rounding=rounding,
            )
        except (MissingDatum, KeyError):
            refuse_missing(missing_of(lines=prepared, allowances=reductions, prepayments=advances))
            raise
        if computed.withholdings:
            values["withholdings"] = computed.withholdings
        document = cls(
            number=number,
            issued_at=issued_at,
            operation=operation,
            supplier=seller,
            customer=cls._side("customer", customer),
            currency=currency,
            exchange_rate=cls._exchange(exchange_rate),
            payments=as_parts((payment,) if isinstance(payment, (Payment, Mapping)) else payment, Payment, "payment"),
            prepayments=advances,
            allowances=computed.allowances,
            taxes=computed.taxes,
            totals=computed.totals,
            lines=computed.lines,
            **values,
        )
        try:
            check_codes(document)
            document.check_writable()
        except (MissingDatum, KeyError):
            refuse_missing(document.missing)
            raise
        _CHECKED[id(document)] = document
        return document

    @classmethod
    def _details(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Return the further data as the kind needs them."""
        return given

    @classmethod
    def _usual_operation(cls, supplier: Any) -> str:
        """Return the operation type of a document that names none."""
        return cls.OPERATIONS[0]

    @classmethod
    def _exchange(cls, rate: Any) -> Any:
        """Return the exchange rate, or its JSON, as the kind needs it."""
        return rate

    @classmethod
    def _deducts_prepayments(cls, operation: str) -> bool:
        """True if prepayments lower the amount payable, unless the caller says otherwise."""
        return False

    @classmethod
    def _side(cls, side: str, given: Any) -> Any:
        """Return a party; JSON of the counterpart is made a `COUNTERPART`, whose defaults and checks `Party` lacks."""
        if not isinstance(given, Mapping):
            return given
        kind = model_kind(cls)
        if kind is None or side != kind.roles.counterpart:
            return given
        try:
            return cls.COUNTERPART.model_validate(given)
        except InvalidInput as error:
            error.at(side)
            raise

    @classmethod
    def _lines(cls, lines: tuple[Line, ...], withholdings: tuple[TaxTotal, ...], issued_at: Any) -> list[Line]:
        """Return the lines in the form that the kind needs; ``issued_at`` is as given."""
        return [
            cls._prepared(line, withholdings)
            if withholdings or line.withholdings or line.free_of_charge is not None
            else line
            for line in lines
        ]

    @classmethod
    def _prepared(cls, line: Line, withholdings: tuple[TaxTotal, ...]) -> Line:
        """Return a line in the form that the kind needs."""
        held = real_withholdings(line.withholdings + withholdings)
        if held != line.withholdings:
            line = line.replace(withholdings=held)
        if line.withholdings and not cls.ALLOWS_WITHHOLDINGS:
            held_code = line.withholdings[0].code
            raise NotAllowed.of("models.note_with_withholdings", field="lines.withholdings", found=held_code)
        if line.free_of_charge is not None and not cls.ALLOWS_FREE_INDICATOR:
            # A debit note has no FreeOfChargeIndicator: price zero and the reference price mean the same.
            line = line.replace(free_of_charge=None)
        return line

    def check_writable(self) -> None:
        """Check the data that every document needs, whatever its amounts.

        Raises ``MissingExchangeRate``, ``MissingDueDate`` or ``NotAllowed``.
        """
        if self.currency != "COP" and self.exchange_rate is None:
            raise MissingExchangeRate.of("models.missing_exchange_rate", field="exchange_rate", currency=self.currency)
        rate = self.exchange_rate
        if self.currency != "COP" and rate is not None and rate.rate <= 0:
            raise InvalidInput.of("models.exchange_rate_not_positive", field="exchange_rate.rate", found=rate.rate)
        for position, payment in enumerate(self.payments):
            if payment.form == PaymentForm.CREDITO.value and payment.due_date is None:
                raise MissingDueDate.of("models.missing_due_date", field=f"payments[{position}].due_date")

    def check_issuable(self, issuer: Issuer) -> None:
        """Check that it can be issued: `check_writable`, and that there are lines.

        That it is the issuer's own and in its numbering is checked by ``build`` for every kind. Raises ``InvalidInput``
        and the errors of ``check_writable``.
        """
        self.check_writable()
        if not self.lines:
            raise InvalidInput.of("models.no_lines", field="lines", model=type(self).__name__)
        if _CHECKED.get(id(self)) is self:
            return
        seen: Seen = set()
        _check_rates(self.__dict__, seen)
        for position, line in enumerate(self.lines):
            try:
                _check_line(line, seen)
            except InvalidInput as error:
                error.at(f"lines[{position}]")
                raise


_CHECKED: WeakValueDictionary[int, TradeDocument] = WeakValueDictionary()
"""Documents of ``from_lines``, by identity: what is computed of lines is checked, and models never change. To check ten
lines again would be 3.5 % of our own work (`benchmarks`, goal 16)."""
Seen = set[tuple[str, int]]
"""Codes and percents (by identity) already checked: few in a document of many lines."""


def _check_line(line: Line, seen: Seen) -> None:
    """Refuse a line whose price is not for one unit without taxes, and rates that no tax has."""
    values = line.__dict__
    if values["base_quantity"] is not values["quantity"] or values["base_unit"] is not values["unit"]:
        check_base_quantity(line)
    if values["price_with_taxes"] is not None:
        found = values["price_with_taxes"]
        raise NotAllowed.of("models.gross_price_unsettled", field="price_with_taxes", found=found)
    _check_rates(values, seen)


def _check_rates(values: Mapping[str, Any], seen: Seen) -> None:
    """Refuse percents of taxes, withholdings and discounts, of a document or a line, that are in another scale."""
    for name in ("taxes", "withholdings"):
        for position, total in enumerate(values.get(name, ())):
            for slot, subtotal in enumerate(total.__dict__["subtotals"]):
                rate = subtotal.__dict__
                percent = rate["percent"]
                if percent is not None and (known := (rate["code"], id(percent))) not in seen:
                    check_rate(rate["code"], percent, field=f"{name}[{position}].subtotals[{slot}].percent")
                    seen.add(known)
    for position, item in enumerate(values.get("allowances", ())):
        check_percent(item.percent, field=f"allowances[{position}].percent")


def _numbered(advances: tuple[Prepayment, ...]) -> tuple[Prepayment, ...]:
    """Number the prepayments that have no identifier, by numbers that the others do not have (rule FBD02)."""
    if not advances:
        return ()
    taken = {each.id for each in advances}
    free = (str(number) for number in count(1) if str(number) not in taken)
    return tuple(each if each.id is not None else each.replace(id=next(free)) for each in advances)


_COMPUTED = ("payments", "taxes", "totals")


def _refuse_computed(details: Mapping[str, Any]) -> None:
    for name in _COMPUTED:
        if name in details:
            expected = {"expected": "payment"} if name == "payments" else {}
            raise NotAllowed.of("models.computed_field", field=name, found=type(details[name]).__name__, **expected)


def as_parts(values: Any, model: type[M], field: str) -> tuple[M, ...]:
    """Return a sequence of models, given as such or as JSON; refuse anything else by name and position.

    A model of a base class of ``model`` becomes one of ``model``; so does one of another kind's class, unless it has
    data that ``model`` lacks.
    """
    if type(values) is tuple and not values:
        return ()
    if isinstance(values, (str, bytes, Mapping, Model)) or not isinstance(values, Iterable):
        remedy = {"remedy": "use Payment.cash() o Payment.credit(fecha)."} if model.__name__ == "Payment" else {}
        found = type(values).__name__
        raise InvalidInput.of("models.not_a_list", field=field, found=found, model=model.__name__, **remedy)
    items = tuple(values)
    if all(type(item) is model for item in items):
        return items
    taken: list[M] = []
    for position, item in enumerate(items):
        try:
            if type(item) is not model:
                item = model.model_validate(_values_of(item, model) if isinstance(item, Model) else item)
            taken.append(item)
        except InvalidInput as error:
            error.at(f"{field}[{position}]")
            raise
    return tuple(taken)


def _values_of(item: Model, model: type[Model]) -> Any:
    """Return the values of an item for a class above or below its own; refuse one that the class has no field for."""
    if not issubclass(model, type(item)) and not isinstance(item, model):
        return item
    known = model.model_fields  # pydantic computes it whenever it is asked
    for name, value in item.__dict__.items():
        if name not in known and value is not None:
            found = type(value).__name__
            raise InvalidInput.of("models.field_of_another_class", field=name, found=found, model=model.__name__)
    return {name: value for name, value in item.__dict__.items() if name in known}


def operations(*prefixed: str) -> tuple[str, ...]:
    """Return the codes of operation types; raise ``UnknownCode`` for one that is not in the catalogue."""
    return tuple(OperationType(code).value for code in prefixed)


def types_of(family: str) -> tuple[str, ...]:
    """Return the type codes of a family of documents, as the catalogue has them."""
    return tuple(member.value for member in DocumentType if member.family == family)
