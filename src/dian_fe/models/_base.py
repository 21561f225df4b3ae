"""What all models share: immutability, exact numbers, clean text, and errors of our own types.

Models are frozen pydantic models. They check shape (types and formats); what must be present or must add up is a
rule's business. Constructors raise the library's typed errors (``dian_fe.errors``), never pydantic's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from math import isfinite
from numbers import Integral
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeVar, dataclass_transform

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PrivateAttr,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationError,
    model_serializer,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from .. import errors
from .._blank import MESSAGE, REMEDY, is_blank
from .._limits import MOST_DECIMALS, MOST_DIGITS
from .._viewed import Viewed
from .._xmlchars import FORBIDDEN
from ..errors import InvalidInput
from ._json import load_json, restored
from ._missing import MARK, missing_in, own_missing
from ._refusals import translate
from ._typing import field

_BOGOTA_OFFSET = timedelta(hours=-5)
BOGOTA = timezone(_BOGOTA_OFFSET)
"""Colombia's legal time: UTC−05:00 all year round."""

_STEP = re.compile(r"[^.\[\]]+")
"""Steps of a path: names of fields and positions in lists."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
LIMIT = Decimal(10**MOST_DIGITS)
"""No number reaches it: products of three such numbers still fit the arithmetic's sixty digits."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Default of a number that must be given where no other field says it: what is expected, and the remedy."""

    expected: str
    remedy: str


T = TypeVar("T")

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass as _PydanticMeta

    from ._typing import Taken
else:
    _PydanticMeta = type(BaseModel)  # its only public name


def _exact(value: Any) -> Decimal:
    """Turn an int or a plain decimal text into a Decimal; refuse a float and anything that is not a finite number.

    Zero has no sign: -0.00 becomes 0.00.
    """
    if type(value) is Decimal and -MOST_DECIMALS < value.adjusted() < MOST_DIGITS and value.is_finite():
        return value or value.copy_abs()  # nearly always
    if isinstance(value, Decimal) and value.is_finite():
        return _bounded(value)
    if is_blank(value):
        cls = errors.FloatMoney if isinstance(value, float) else errors.InvalidNumberText
        raise cls(MESSAGE, found=repr(value), expected="un número", remedy=REMEDY)
    if isinstance(value, float):
        raise errors.FloatMoney(
            "un float no puede llevar dinero, cantidades ni tarifas: pierde centavos.",
            found=repr(value),
            expected="Decimal, int o texto",
            remedy=f'use Decimal("{value}") o el texto "{value}".'
            if isfinite(value)
            else "revise la cuenta de la que sale: no da un número finito.",
        )
    if isinstance(value, Integral) and not isinstance(value, bool):
        return _bounded(Decimal(int(value)))  # those of numpy too
    if isinstance(value, str) and _NUMBER.fullmatch(text := value.strip()):
        return _bounded(Decimal(text))
    if isinstance(value, Unsaid):
        raise InvalidInput("Falta este dato.", expected=value.expected, remedy=value.remedy)
    raise errors.InvalidNumberText(
        "no es un número decimal finito.",
        found=repr(value)[:60],
        expected='un número como Decimal("18500.50") o "18500.50"',
        remedy="escriba el número con punto decimal y sin separador de miles.",
    )


def _bounded(value: Decimal) -> Decimal:
    """Refuse what has too many digits. Written out, 1E-999999999 would be a gigabyte of zeros."""
    if -MOST_DECIMALS < value.adjusted() < MOST_DIGITS:
        return value or value.copy_abs()
    large = value.adjusted() >= MOST_DIGITS
    raise errors.InvalidNumberText(
        "el número es demasiado grande." if large else "el número tiene demasiados decimales.",
        found=f"{value:E}",
        expected=f"un número de hasta {MOST_DIGITS} cifras enteras y menos de {MOST_DECIMALS} decimales",
        remedy="revise los ceros y el exponente.",
    )


def exact_of(value: Any, field: str) -> Decimal:
    """Take an exact number given outside a model, as an argument called ``field``; see `_exact`."""
    try:
        return _exact(value)
    except InvalidInput as error:
        error.at(field)
        raise


class _ExactNumber:
    """Schema of an exact number: what `_exact` takes."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _exact, serialization=core_schema.plain_serializer_function_ser_schema(_plain, when_used="json")
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "pattern": r"^[+-]?\d+(\.\d+)?$"}, {"type": "integer"}]}


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


Exact = Decimal | int | str
"""What is taken as a number: never a float."""

if TYPE_CHECKING:
    Number = Taken[Decimal, Exact]
    MaybeNumber = Taken[Decimal | None, Exact | None]
else:
    Number = Annotated[Decimal, _ExactNumber()]
    """An exact number: Decimal, int or text are taken, a float is refused (``FloatMoney``). Written in JSON as text."""
    MaybeNumber = Number | None

Text = Annotated[str, StringConstraints(min_length=1, pattern=f"^[^{FORBIDDEN}]*$")]
"""A text that is not empty and that XML can carry; blanks around it are removed."""

TextOrEmpty = Annotated[str, StringConstraints(pattern=f"^[^{FORBIDDEN}]*$")]
"""A text that may be empty: data of which DIAN notifies an empty element and passes an absent one."""


_A_MOMENT = "una fecha y hora con zona, por ejemplo 2026-03-02T10:15:00-05:00"


def to_bogota(value: Any, field: str | None = None) -> datetime:
    """Express an aware datetime, or its ISO 8601 text, in Colombian time, to the second.

    The fraction of a second is dropped because cbc:IssueTime is written to the second. Raises ``NaiveDatetime``, and
    ``InvalidInput`` for anything else: a number of seconds or a day alone does not say its zone.
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise InvalidInput.of("models.to_bogota_x", found=repr(value)[:60]) from error
    if is_blank(value):
        raise InvalidInput(MESSAGE, found=repr(value), expected=_A_MOMENT, remedy=REMEDY)
    if not isinstance(value, datetime):
        raise InvalidInput.of("models.to_bogota", found=repr(value)[:60], expected=_A_MOMENT)
    moment: datetime = value
    if type(value) is not datetime:  # pandas' Timestamp has nanoseconds besides
        moment = datetime.combine(value.date(), value.timetz())
    offset = moment.utcoffset()
    if offset is None:
        raise errors.NaiveDatetime(
            "la fecha y hora no tiene zona: su día dependería de la máquina.",
            field=field,
            found=value.isoformat(),
            expected="un datetime con zona, por ejemplo 2026-03-02T10:15:00-05:00",
            remedy='use datetime(…, tzinfo=ZoneInfo("America/Bogota")) o datetime.now(timezone.utc).',
        )
    if offset == _BOGOTA_OFFSET:  # most moments are in Colombian time already
        return moment.replace(tzinfo=BOGOTA, microsecond=0)
    try:
        return moment.astimezone(BOGOTA).replace(microsecond=0)
    except OverflowError:  # the first and last hours that Python knows
        raise InvalidInput.of("models.to_bogota_invalid_input", found=value.isoformat(), expected=_A_MOMENT) from None


if TYPE_CHECKING:
    Moment = Taken[datetime, datetime | str]
    MaybeMoment = Taken[datetime | None, datetime | str | None]
else:
    Moment = Annotated[datetime, BeforeValidator(to_bogota)]
    """A moment in Colombian legal time (UTC−05:00), to the second; what `to_bogota` takes."""
    MaybeMoment = Moment | None


def _plain_date(value: Any) -> date:
    if is_blank(value):
        raise InvalidInput(MESSAGE, found=repr(value), expected="una fecha, por ejemplo 2026-03-02", remedy=REMEDY)
    if isinstance(value, datetime):
        raise InvalidInput.of(
            "models.plain_date_invalid_input",
            found=value.isoformat(),
            remedy="use su día: fecha.date()."
            if value.tzinfo is None
            else "tome la fecha colombiana del momento: momento.astimezone(zona).date().",
        )
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value.strip())
    raise InvalidInput.of("models.plain_date", found=repr(value)[:60])


if TYPE_CHECKING:
    Day = Taken[date, date | str]
    MaybeDay = Taken[date | None, date | str | None]
else:
    Day = Annotated[date, BeforeValidator(_plain_date)]
    """A calendar day, or its ISO 8601 text; a datetime is refused because its day depends on the zone."""
    MaybeDay = Day | None


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field, PrivateAttr))
class ModelMeta(_PydanticMeta):
    """Turns pydantic's ValidationError of a constructor call into our typed errors (nested models pay nothing)."""

    if not TYPE_CHECKING:

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - a metaclass
            if args:
                return super().__call__(*args, **kwargs)  # refuses positional arguments
            try:
                # What BaseModel.__init__ does, without its two calls: half of the time of making a line.
                return cls.__pydantic_validator__.validate_python(kwargs)
            except ValidationError as error:
                failure = error
            raise translate(failure, cls, kwargs)


class Model(Viewed, BaseModel, metaclass=ModelMeta):
    """Base of every model: frozen, closed, exact; equal when all fields are equal."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        hide_input_in_errors=True,
        use_enum_values=True,
        ser_json_bytes="base64",
    )
    _GIVE_WAY: ClassVar[Mapping[str, str]] = {}
    """Fields that `replace` leaves out when another one, which says the same otherwise, is among the changes."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Raise ``MissingDatum`` for a field that the document read does not say; reached for no other field."""
            cls = type(self)
            if name in cls.model_fields:
                raise errors.MissingDatum(
                    f"el documento leído no dice «{name}» de {cls.__name__}: falta, está vacío o no se entiende.",
                    field=name,
                    expected="el dato",
                    remedy=f'pregunte antes con has("{name}"); vea problems, que dice dónde, y missing.',
                )
            computed = getattr(cls, name, None)
            if isinstance(computed, property):  # it failed by a MissingDatum, which is an AttributeError
                return computed.fget(self)
            return super().__getattr__(name)

        def __setattr__(self, name: str, value: Any) -> None:
            """Raise ``NotAllowed`` for a field: models never change."""
            cls = type(self)
            if name in cls.model_fields:
                raise _fixed(cls, name)
            super().__setattr__(name, value)

        def __delattr__(self, name: str) -> None:
            """Raise ``NotAllowed`` for a field: models never change."""
            cls = type(self)
            if name in cls.model_fields:
                raise _fixed(cls, name)
            super().__delattr__(name)

    @property
    def missing(self) -> tuple[str, ...]:
        """Paths of the data that a document read lacks and its model demands: ``("lines[0].price",)``.

        Empty for whatever a constructor made. Asking for such a datum raises ``MissingDatum``.
        """
        return tuple(missing_in(self))

    def has(self, path: str) -> bool:
        """True if a datum is there: ``has("totals")``, ``has("lines[0].price")``; an empty list is not.

        False for what a document read lacks, of which asking raises ``MissingDatum``. Raises ``AttributeError`` for
        a name that the model does not have.
        """
        found: Any = self
        for step in _STEP.findall(path):
            try:
                found = found[int(step)] if step.isdecimal() else getattr(found, step)
            except (errors.MissingDatum, IndexError):
                return False
            if found is None or found == ():
                return False
        return True

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, validated as a constructor call would.

        What follows from other fields and was not said differently follows from the new ones: the name of the city
        from a new municipality, the check digit from a new NIT. Raises the typed errors of the constructor.
        """
        said, given = self.__dict__, self.model_fields_set
        follows = {
            name
            for name, field in _computed_fields(type(self))
            if name in said and _is_default(field, said[name], said)
        }
        if len(said) < len(type(self).model_fields):
            for name in own_missing(self):
                if name not in changes:
                    getattr(self, name)  # refused by name: a default would be invented
        follows |= {name for name, other in self._GIVE_WAY.items() if changes.get(other) is not None}
        values = {name: said[name] for name in said if name in given and name not in follows}
        return type(self)(**{**values, **changes})

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy; with changes, validated as `replace` does (pydantic's own would take anything)."""
        return super().model_copy(deep=deep) if update is None else self.replace(**update)

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Validate a mapping or an instance; raises the library's typed errors."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            failure = error
        raise translate(failure, cls, obj)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Read JSON; numbers are taken exactly as written (no binary floats on the way).

        Of a document that was read, the data that it lacks stay missing: ``to_json`` names them under "missing".
        Raises ``InvalidInput`` when the text is not JSON, and the typed errors of the constructor.
        """
        return restored(cls, load_json(json_data), **options)

    @model_serializer(mode="wrap")
    def _unsaid(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        """Keep an explicit null where leaving the field out would make its default be computed again.

        Documents of others may lack what ours always say (a postal code, the name of a tax): their JSON must not
        bring it back.
        """
        data: dict[str, Any] = handler(self)
        said = self.__dict__
        if info.exclude_none:
            for name, field in _computed_fields(type(self)):
                if name in said and said[name] is None and name not in data and _would_be_said(field, said):
                    data[name] = None
        if len(said) < len(type(self).model_fields):
            data = {name: value for name, value in data.items() if name in said} | {MARK: own_missing(self)}
        return data

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the JSON form: numbers as text, absent fields left out (null where a default would be computed)."""
        return self.model_dump_json(exclude_none=True, indent=indent)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Show only the fields that say something."""
        for name, value in super().__repr_args__():
            if value is not None and value != ():
                yield name, value


def _fixed(cls: type[BaseModel], name: str) -> errors.NotAllowed:
    refusal = errors.NotAllowed(
        "los modelos no cambian después de hechos.",
        field=name,
        found=f"una asignación a {name}",
        expected="otro modelo, con el cambio",
        remedy=f"use replace({name}=…), que da una copia con el valor nuevo.",
    )
    refusal.owner = cls.__name__
    return refusal


@cache
def _computed_fields(cls: type[BaseModel]) -> tuple[tuple[str, FieldInfo], ...]:
    """Return the fields that are not simply absent when nothing is said of them."""
    return tuple(
        (name, field)
        for name, field in cls.model_fields.items()
        if field.default_factory is not None or not (field.is_required() or field.default is None)
    )


def _would_be_said(field: FieldInfo, values: dict[str, Any]) -> bool:
    try:
        return field.get_default(call_default_factory=True, validated_data=values) is not None
    except InvalidInput:  # nothing can be computed of it: loading would fail instead of finding nothing
        return True


def _is_default(field: FieldInfo, value: Any, values: dict[str, Any]) -> bool:
    """Return whether a field holds what would be computed of the others if nothing were said of it."""
    try:
        return bool(value == field.get_default(call_default_factory=True, validated_data=values))
    except InvalidInput:  # nothing can be computed of them
        return False


def update_fast(model: T, changes: dict[str, Any]) -> T:
    """Copy a frozen model with values that the library itself computed: no validation, for the hot path only."""
    return make_fast(type(model), model.__dict__ | changes)


def make_fast(cls: type[T], values: dict[str, Any]) -> T:
    """Make a frozen model of all its values, computed by the library: no validation, for the hot path only."""
    model: T = _new(cls)
    _set_values(model, values)
    _set_names(model, _field_names(cls))  # type: ignore[arg-type]  # a class is hashable
    _set_extra(model, None)
    _set_private(model, None)
    return model


_new = object.__new__
_set_values, _set_names, _set_extra, _set_private = (
    BaseModel.__dict__[slot].__set__
    for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)


@cache
def _field_names(cls: type[BaseModel]) -> set[str]:
    """Return the names of all fields, one set for all copies: frozen models never change theirs."""
    return set(cls.model_fields)


def field_default_from(name: str, *, make: Callable[[Any], Any]) -> Callable[[dict[str, Any]], Any]:
    """Make a default factory that computes a field from an earlier one; an absent one gives no default."""

    def factory(data: dict[str, Any]) -> Any:
        value = data.get(name)
        return None if value is None else make(value)

    return factory
