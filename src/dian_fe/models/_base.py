"""The base of all models: frozen, closed and exact, with errors of the library's own types.

Models are frozen pydantic models. They check types and formats; rules check presence and sums. Constructors raise the
library's typed errors (``dian_fe.errors``), never pydantic's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)
from pydantic.fields import FieldInfo

from .._viewed import Viewed
from ..errors import InvalidInput, MissingDatum, NotAllowed
from ._fast import base_init
from ._fields import ModelMeta
from ._json import MARK, load_json, restored
from ._missing import missing_in, own_missing
from ._refusals import translate

_STEP = re.compile(r"[^.\[\]]+")
"""Steps of a path: names of fields and positions in lists."""


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
    """Fields that `replace` drops when an equivalent field is among the changes."""

    if not TYPE_CHECKING:

        @base_init
        def __init__(self, /, **values: Any) -> None:
            """Validate the fields; raise the library's typed errors."""
            try:
                self.__pydantic_validator__.validate_python(values, self_instance=self)
            except ValidationError as error:
                failure = error
            else:
                return
            raise translate(failure, type(self), values)  # without pydantic's error, which holds the input, as context

        def __getattr__(self, name: str) -> Any:
            """Raise ``MissingDatum`` for a field that the received document lacks; not called for other fields."""
            cls = type(self)
            if name in cls.model_fields:
                raise MissingDatum.of("models.not_read", field=name, model=cls.__name__)
            computed = getattr(cls, name, None)
            if isinstance(computed, property):  # it raised a MissingDatum, which is an AttributeError
                return computed.fget(self)
            return super().__getattr__(name)

        def __setattr__(self, name: str, value: Any) -> None:
            """Raise ``NotAllowed`` for a field: models never change."""
            _refuse_change(type(self), name)
            super().__setattr__(name, value)

        def __delattr__(self, name: str) -> None:
            """Raise ``NotAllowed`` for a field: models never change."""
            _refuse_change(type(self), name)
            super().__delattr__(name)

    @property
    def missing(self) -> tuple[str, ...]:
        """Paths of the data that a received document lacks and its model demands: ``("lines[0].price",)``.

        Empty for models made by a constructor. Accessing such a datum raises ``MissingDatum``.
        """
        return tuple(missing_in(self))

    def has(self, path: str) -> bool:
        """True if a datum is present: ``has("totals")``, ``has("lines[0].price")``; an empty list is not.

        False for data that a received document lacks, whose access raises ``MissingDatum``. Raises ``AttributeError``
        for a name that the model does not have.
        """
        found: Any = self
        for step in _STEP.findall(path):
            try:
                found = found[int(step)] if step.isdecimal() else getattr(found, step)
            except (MissingDatum, IndexError):
                return False
            if found is None or found == ():
                return False
        return True

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, validated as a constructor call would.

        Defaults computed from other fields are computed from the new ones: the name of the city from a new
        municipality, the check digit from a new NIT. Raises the typed errors of the constructor.
        """
        known, given = self.__dict__, self.model_fields_set
        follows = {
            name
            for name, field in _computed_fields(type(self))
            if name in known and known[name] == _default(field, known)
        }
        if len(known) < len(type(self).model_fields):
            for name in own_missing(self):
                if name not in changes:
                    getattr(self, name)  # refused: a default would be an invented value
        follows |= {name for name, other in self._GIVE_WAY.items() if changes.get(other) is not None}
        values = {name: known[name] for name in known if name in given and name not in follows}
        return type(self)(**{**values, **changes})

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy; with changes, validated as `replace` does (pydantic's own would not validate)."""
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

        Data that a received document lacks stay missing: ``to_json`` names them under "missing". Raises
        ``InvalidInput`` when the text is not JSON, and the typed errors of the constructor.
        """
        return restored(cls, load_json(json_data), **options)

    @model_serializer(mode="wrap")
    def _with_nulls(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        """Keep an explicit null where omitting the field would compute its default again.

        Received documents may lack what issued ones always have (a postal code, the name of a tax): their JSON must not
        add it.
        """
        data: dict[str, Any] = handler(self)
        known = self.__dict__
        if info.exclude_none:
            for name, field in _computed_fields(type(self)):
                if name in known and known[name] is None and name not in data and _default(field, known) is not None:
                    data[name] = None
        if len(known) < len(type(self).model_fields):
            data = {name: value for name, value in data.items() if name in known} | {MARK: own_missing(self)}
        return data

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the JSON form: numbers as text, absent fields left out (null where a default would be computed)."""
        return self.model_dump_json(exclude_none=True, indent=indent)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Yield the fields that are set: ``repr`` shows no others."""
        for name, value in super().__repr_args__():
            if value is not None and value != ():
                yield name, value


def _refuse_change(cls: type[BaseModel], name: str) -> None:
    if name in cls.model_fields:
        refusal = NotAllowed.of("models.frozen", field=name)
        refusal.owner = cls.__name__
        raise refusal


@cache
def _computed_fields(cls: type[BaseModel]) -> tuple[tuple[str, FieldInfo], ...]:
    """Return the fields whose default is computed when they are omitted."""
    return tuple(
        (name, field)
        for name, field in cls.model_fields.items()
        if field.default_factory is not None or not (field.is_required() or field.default is None)
    )


def _default(field: FieldInfo, values: dict[str, Any]) -> Any:
    """Return the default of a field, computed from the other fields; `_NOTHING` if omitting it is refused."""
    try:
        return field.get_default(call_default_factory=True, validated_data=values)
    except InvalidInput:
        return _NOTHING


_NOTHING = object()
