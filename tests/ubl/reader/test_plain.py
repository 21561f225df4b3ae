"""Models made without validation are in every respect what pydantic makes of the same values."""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterator
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from typing import Annotated, Any, Literal

import pytest
from lxml import etree
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StringConstraints, field_validator, model_validator

from dian_fe import Line, TaxTotal, Totals, _xmlsafe, read
from dian_fe.errors import DianFeError
from dian_fe.families.registry import kinds
from dian_fe.models._base import Model
from dian_fe.models._dates import Day
from dian_fe.models._fast import validated
from dian_fe.models._fields import Text, TextOrEmpty
from dian_fe.models._missing import AS_READ
from dian_fe.models._numbers import MaybeNumber, Number
from dian_fe.ubl.codecs import (
    AMOUNT,
    BOOLEAN,
    CODES,
    COUNT,
    DAY,
    EMBEDDED,
    TEXT,
    TEXT_OR_EMPTY,
    Codec,
    decimal,
)
from dian_fe.ubl.reader.elements import Entry, Reader
from dian_fe.ubl.reader.making import extension_readers, reader
from dian_fe.ubl.reader.plain import EMPTY, plain_defaults, plain_fields
from dian_fe.ubl.table import Row, structure
from tests.contracts.fuzzing.mutations import VALUES
from tests.contracts.fuzzing.seeds import other_kinds, own, samples
from tests.support.sampling import some_of
from tests.ubl.reader.test_short_ways import fields, told, told_the_long_way


def below(entries: dict[str, Entry]) -> Iterator[Reader]:
    for entry in entries.values():
        if entry.structure is not None:
            yield entry.structure
        if entry.entries is not None:
            yield from below(entry.entries)


@cache
def plain_readers() -> dict[type[Any], list[Reader]]:
    """Return the readers of all kinds whose models need no validation, by model."""
    left = [each for kind in kinds() for each in (reader(kind), *extension_readers(kind).values())]
    met: list[Reader] = []
    while left:
        each = left.pop()
        if each not in met:
            met.append(each)
            left += below(each.entries)
    found: dict[type[Any], list[Reader]] = {}
    for each in met:
        alike = found.setdefault(each.model, []) if each.plain is not None else []
        if all((each.demanded, each.blanks) != (other.demanded, other.blanks) for other in alike):
            alike.append(each)
    return {model: readers for model, readers in found.items() if not _part_to_validate(model, readers[0], found)}


def _part_to_validate(model: type[Any], of: Reader, plain: Collection[type[Any]]) -> bool:
    """True if such a model always has a part that is validated, so that it is validated with it."""
    fillings = {by for name, (by, _) in (plain_fields(model) or {}).items() if name in of.demanded}
    return any(isinstance(by, type) and issubclass(by, BaseModel) and by not in plain for by in fillings)


ALPHABET = "aÑé 1&<>\"'\t\n\r\u00a0\u0085\u2028\u200b\ufeff😀.;-"
NUMBERS = (
    "0",
    "0.00",
    "-0.0",
    "+1",
    ".5",
    "7.",
    "19.000",
    "123456789012345678",
    "0." + "0" * 90 + "1",
    "1" * 18 + ".25",
)
DAYS = ("2026-03-02", "0001-01-01", "9999-12-31", "2024-02-29Z", "2026-03-02-05:00")


def drawn(by: Any, dice: Random) -> Any:
    """Return a value as a codec gives it."""
    if by in (str, EMPTY):
        empty = by == EMPTY and dice.random() < 0.2
        return "" if empty else "".join(dice.choices(ALPHABET, k=dice.randint(1, 12))).strip() or "x"
    if by in (decimal, DAY.decode):
        return by(dice.choice(NUMBERS if by is decimal else DAYS))
    if by is BOOLEAN.decode:
        return BOOLEAN.decode(dice.choice(("true", "1", "false", "0")))
    return values_of(dice.choice(plain_readers()[by]), dice) if by in plain_readers() else None


def filled(entries: dict[str, Entry]) -> Iterator[str]:
    """Yield the fields that elements fill, with their attributes."""
    for entry in entries.values():
        yield from () if entry.control or entry.echo else (entry.name, *filter(None, entry.attrs.values()))
        yield from (each.name for each in entry.own.values() if each is not None)
        yield from () if entry.entries is None else filled(entry.entries)


def values_of(of: Reader, dice: Random) -> dict[str, Any]:
    """Return values that such a reader may find, without anything missing."""
    values = dict(of.blanks)
    names = {*filled(of.entries), *(each.name for each in of.own.values() if each is not None)}
    for name, (by, many) in (plain_fields(of.model) or {}).items():
        if name in of.demanded or (name in names and dice.random() < 0.5):
            found = [value for _ in range(dice.randint(1, 3)) if (value := drawn(by, dice)) is not None]
            if found:
                values[name] = found if many else found[0]
    return values


def made_at_once(of: Reader, values: dict[str, Any]) -> Any:
    """Make the model as reading does: the innermost parts first."""
    given = dict(values)
    for name, value in given.items():
        by, many = (plain_fields(of.model) or {})[name]
        for inner in plain_readers().get(by, ())[:1]:
            given[name] = (
                [made_at_once(inner, each) for each in value] if many else value and made_at_once(inner, value)
            )
    assert of.plain is not None
    return of.made(given, of.plain)


def test_the_larger_parts_of_documents_are_plain() -> None:
    assert {Line, TaxTotal, Totals} <= plain_readers().keys()
    assert len(plain_readers()) > 20


@pytest.mark.parametrize("seed", range(8))
def test_models_made_at_once_are_pydantics_own(seed: int) -> None:
    dice = Random(seed)
    for readers in plain_readers().values():
        for each in readers:
            values = values_of(each, dice)
            made, own_way = made_at_once(each, values), validated(each.model, deepcopy(values), AS_READ)
            assert type(made) is each.model
            assert made == own_way
            assert made.__getstate__() == own_way.__getstate__()
            assert list(fields(made)) == list(fields(own_way))
            assert (hash(made), repr(made), made.to_json()) == (hash(own_way), repr(own_way), own_way.to_json())


@pytest.mark.parametrize("seed", range(4))
def test_models_made_at_once_can_be_stored_and_changed(seed: int) -> None:
    dice = Random(seed)
    for each in (readers[0] for readers in plain_readers().values()):
        made = made_at_once(each, values_of(each, dice))
        copies = [pickle.loads(pickle.dumps(made)), deepcopy(made), made.model_copy(), made.model_copy(deep=True)]
        copies.append(each.model.model_validate_json(made.to_json(), context=AS_READ))
        copies.append(validated(each.model, made.model_dump(), AS_READ))
        assert all(copy == made for copy in copies)
        copies[2].model_fields_set.clear()
        copies[2].__dict__.clear()
        assert made == copies[0]
        assert made.model_fields_set == copies[0].model_fields_set
        with pytest.raises(DianFeError):
            setattr(made, next(iter(each.model.model_fields)), None)


class Sound(Model):
    text: Text
    maybe: TextOrEmpty | None = None
    number: Number = Decimal(1)
    day: Day | None = None
    many: tuple[Text, ...] = ()


class WithFieldValidator(Sound):
    @field_validator("text")
    @classmethod
    def _short(cls, value: str) -> str:
        return value[:3]


class WithModelValidator(Sound):
    @model_validator(mode="before")
    @classmethod
    def _any(cls, value: Any) -> Any:
        return value


class WithPrivate(Sound):
    _origin: str = PrivateAttr(default="a")


class WithPostInit(Sound):
    def model_post_init(self, context: Any, /) -> None:
        self.__dict__["text"] = "otro"


class WithConstructor(Sound):
    def __init__(self, **values: Any) -> None:
        super().__init__(**values)


class WithSchema(Sound):
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return handler(source)


class InCapitals(Sound):
    model_config = ConfigDict(str_to_upper=True)


class WithExtras(Sound):
    model_config = ConfigDict(extra="allow")


class NotOfTheLibrary(BaseModel):
    text: Text


def reads(model: type[BaseModel], codec: Codec = TEXT, *, many: bool = False) -> Any:
    row = Row("cbc:ID", "text", codec, "Texto", many=many)
    return plain_defaults(structure(model, row), frozenset({"text"}))


def field_of(annotation: Any, **default: Any) -> type[BaseModel]:
    """Return a sound model with one more field, which the tables do not fill."""
    namespace: dict[str, Any] = {"__annotations__": {"more": annotation}, "__module__": __name__, **default}
    return type("WithMore", (Sound,), namespace)


def typed(annotation: Any) -> type[BaseModel]:
    """Return a model whose only field, which the tables fill with a text, has that type."""
    return type("Typed", (Model,), {"__annotations__": {"text": annotation}, "__module__": __name__})


def test_a_model_is_plain_when_its_types_alone_decide() -> None:
    assert reads(Sound) == {name: info.default for name, info in Sound.model_fields.items()}


@pytest.mark.parametrize(
    "model",
    [
        *(WithFieldValidator, WithModelValidator, WithPrivate, WithPostInit, WithConstructor, WithSchema),
        *(InCapitals, WithExtras, NotOfTheLibrary),
    ],
)
def test_a_model_with_a_say_of_its_own_is_validated(model: type[BaseModel]) -> None:
    assert reads(model) is None


@pytest.mark.parametrize(
    "model",
    [
        field_of(Text),
        field_of(list[str], more=[]),
        field_of(list[str], more=Field(default_factory=list)),
        field_of(MaybeNumber, more=Field(default="1", validate_default=True)),
    ],
)
def test_a_default_that_pydantic_makes_is_left_to_it(model: type[BaseModel]) -> None:
    assert reads(model) is None


@pytest.mark.parametrize(
    ("annotation", "codec", "many"),
    [
        (Annotated[str, StringConstraints(max_length=3)], TEXT, False),
        (Annotated[Text, StringConstraints(pattern="^[0-9]+$")], TEXT, False),
        (Literal["a"], TEXT, False),
        (Text, TEXT_OR_EMPTY, False),
        (Text, EMBEDDED, False),
        (Text, AMOUNT, False),
        (Number, TEXT, False),
        (Decimal, AMOUNT, False),
        (int, COUNT, False),
        (date, DAY, False),
        (tuple[Text, ...], CODES, False),
        (tuple[Text, ...], TEXT, False),
        (Annotated[tuple[Text, ...], Field(max_length=2)], TEXT, True),
        (Text, TEXT, True),
    ],
)
def test_a_type_that_may_change_or_refuse_is_validated(annotation: Any, codec: Codec, many: bool) -> None:
    assert reads(typed(annotation), codec, many=many) is None


@pytest.mark.parametrize(
    ("annotation", "codec", "many"),
    [
        *(
            (Text, TEXT, False),
            (Text | None, TEXT, False),
            (TextOrEmpty, TEXT, False),
            (TextOrEmpty, TEXT_OR_EMPTY, False),
        ),
        *((Number, AMOUNT, False), (MaybeNumber, AMOUNT, False), (Day, DAY, False), (bool, BOOLEAN, False)),
        *((tuple[Text, ...], TEXT, True), (tuple[Number, ...], AMOUNT, True)),
    ],
)
def test_a_type_that_keeps_all_that_its_codec_gives_is_not(annotation: Any, codec: Codec, many: bool) -> None:
    assert reads(typed(annotation), codec, many=many) is not None


FORBIDDEN = ("\ufffe", "\uffff", "\x01", "\x0b", "\x1f")


@pytest.mark.parametrize("character", FORBIDDEN)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("form", ["<a>{}</a>", "<a b='{}'/>", "<a><![CDATA[{}]]></a>"])
def test_no_text_has_a_character_that_models_refuse(character: str, encoding: str, form: str) -> None:
    for written in (character, f"&#x{ord(character):x};"):
        xml = f"<?xml version='1.0' encoding='{encoding}'?>{form.format(written)}".encode(encoding)
        try:
            root = _xmlsafe.parse(xml)
        except DianFeError:
            continue
        assert character not in (root.text or "") + root.get("b", "")


def damaged(data: bytes, dice: Random) -> bytes:
    """Return a document with some texts and attributes of others, and some elements twice, empty, gone or in others."""
    root = etree.fromstring(data)
    for _ in range(dice.randint(1, 4)):
        element = dice.choice(list(root.iter("*")))
        value = dice.choice(VALUES)[:50]
        how = dice.randrange(7)
        parent = element.getparent()
        try:
            if how < 3:
                element.text = value
            elif how == 3 and element.attrib:
                element.set(dice.choice(list(element.attrib)), value)
            elif how == 4:
                element.tail = value
            elif parent is not None and how == 5:
                parent.remove(element)
            elif parent is not None:
                element.addnext(deepcopy(element))
        except ValueError:  # what lxml does not write
            continue
    return etree.tostring(root)


def result(way: Any, data: bytes) -> Any:
    try:
        return way(data)
    except DianFeError as error:
        return type(error), str(error), error.as_dict()


@pytest.mark.parametrize("part", some_of(40, one_in=20))
def test_damaged_documents_are_told_alike_in_both_ways(part: int) -> None:
    dice = Random(part)
    for data in (*own(), *other_kinds(), *samples()[part::40]):
        if data.startswith(b"PK"):
            continue
        each = damaged(data, dice)
        first = result(told, each)
        assert first == result(told_the_long_way, each)
        if not isinstance(first[0], type):
            assert read(each).document == validated(type(first[0]), first[0], AS_READ)
