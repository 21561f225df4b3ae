"""Every code list by name, the long ones read from the packed files on first use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from ..errors import UnknownCode
from ._codes import CodeEnum
from ._text import fold, nearest

__all__ = ["Catalog", "Entry", "ListInfo", "catalog", "lists"]

_DATA = Path(__file__).with_name("data")
_SHORT = 12
"""Up to this many codes a refusal names them all."""


class ListInfo(NamedTuple):
    """What a list is and what it rests on.

    ``where`` is ``packed``, ``table`` (rows without a code of their own, served by functions) or the enum as
    ``module:Class``; ``enum`` the name of its enum, if any; ``spanish_name`` what messages call it; ``title`` what it
    is for, with the place in the XML; ``source``, ``confidence`` and ``doubt`` what its facts rest on.
    """

    name: str
    where: str
    enum: str
    spanish_name: str
    title: str
    source: str
    confidence: str
    doubt: str


class Entry(NamedTuple):
    """One code of a list: its official label, and the other columns of the list as texts.

    Flags are ``1`` or ``0``, dates ``YYYY-MM-DD``, absent values empty. ``member`` is the enum member of the code when
    the list has an enum for it: there the same values are typed attributes.
    """

    code: str
    label: str
    details: Mapping[str, str]
    member: CodeEnum | None


class Catalog(Mapping[str, Entry]):
    """A code list, by code. Every look-up is one dictionary access; ``rows`` holds label and details, tab-separated."""

    def __init__(
        self, info: ListInfo, columns: Sequence[str], rows: Mapping[str, str], enum: type[CodeEnum] | None
    ) -> None:
        self._info = info
        self._columns = columns
        self._rows = rows
        self._enum = enum

    @property
    def info(self) -> ListInfo:
        """What the list is and what it rests on."""
        return self._info

    @property
    def name(self) -> str:
        """Name of the list."""
        return self._info.name

    @property
    def source(self) -> str:
        """Where the facts come from."""
        return self._info.source

    @property
    def doubt(self) -> str:
        """What is not sure about the list; empty when nothing is known against it."""
        return self._info.doubt

    def __contains__(self, code: object) -> bool:
        """Tell whether the list holds a code."""
        return code in self._rows

    def __iter__(self) -> Iterator[str]:
        """Go over the codes in the list's order."""
        return iter(self._rows)

    def __len__(self) -> int:
        """Count the codes."""
        return len(self._rows)

    def __getitem__(self, code: str) -> Entry:
        """Give the entry of a code; ``KeyError`` as in any mapping when there is none."""
        label, *details = self._rows[code].split("\t")
        member = self._enum.by_code(code) if self._enum else None
        return Entry(code, label, dict(zip(self._columns, details, strict=True)), member)

    def label(self, code: str) -> str:
        """Give the official label of a code; raises ``UnknownCode`` when the list does not hold it."""
        row = self._rows.get(code)
        if row is None:
            raise self.unknown(code)
        return row.partition("\t")[0]

    def require(self, code: str, *, field: str | None = None) -> Entry:
        """Give the entry of a code; raises ``UnknownCode`` at ``field`` when the list does not hold it."""
        if code not in self._rows:
            raise self.unknown(code, field=field)
        return self[code]

    def unknown(self, value: object, *, field: str | None = None) -> UnknownCode:
        """Give the refusal of a value, which names the codes, or the nearest one of a long list."""
        text = str(value)
        close = self._nearest(text)
        if close is not None:
            remedy = f"¿Quiso decir {close!r} ({self.label(close)})?"
        else:
            remedy = f"Use un código de la lista: dian_fe.catalogs.catalog({self.name!r}) los tiene todos."
        few = len(self._rows) <= _SHORT
        return UnknownCode(
            f"El código no está en la lista de {self._info.spanish_name}.",
            field=field,
            found=repr(text),
            expected=", ".join(self._rows) if few else f"uno de los {len(self._rows)} códigos de la lista",
            remedy=remedy,
        )

    def _nearest(self, text: str) -> str | None:
        """Find the code meant: the same but for case and leading zeros, a label, or one that looks alike."""
        for code in (text.strip().upper(), text.strip().lstrip("0"), text.strip().zfill(2), text.strip().zfill(3)):
            if code in self._rows:
                return code
        by_label = {fold(row.partition("\t")[0]): code for code, row in self._rows.items()}
        label = nearest(fold(text), by_label, cutoff=0.8) if len(text) > 3 else None
        return by_label[label] if label else nearest(text, self._rows)


@cache
def lists() -> Mapping[str, ListInfo]:
    """Give what is known of every list, by name."""
    _, *lines = (_DATA / "index.tsv").read_text(encoding="utf-8").splitlines()
    infos = [ListInfo(*line.split("\t")) for line in lines]
    return {info.name: info for info in infos}


@cache
def catalog(name: str) -> Catalog:
    """Give a code list by name, as ``units``, ``countries`` or ``payment_means``; ``lists()`` names them all.

    Raises ``UnknownCode`` when there is no list of that name.
    """
    info = lists().get(name)
    if info is None or info.where == "table":
        names = [other.name for other in lists().values() if other.where != "table"]
        close = nearest(name, names)
        raise UnknownCode(
            "No hay una lista de códigos con ese nombre.",
            found=repr(name),
            expected="uno de los nombres de dian_fe.catalogs.lists()",
            remedy=f"¿Quiso decir {close!r}?" if close else "Busque el nombre en dian_fe.catalogs.lists().",
        )
    if info.where == "packed":
        columns, lines = read_lines(name)
        # Splitting only code from rest, and the rest on access, halves the time of the longest list.
        return Catalog(info, columns[2:], dict(line.split("\t", 1) for line in lines), _packed_enum(info))
    module, _, cls = info.where.partition(":")
    return _of_enum(info, getattr(import_module(f".{module}", __package__), cls))


def catalog_of(enum: type[CodeEnum]) -> Catalog:
    """Give the list of an enum, whole even where the enum holds only its common codes."""
    info = next(info for info in lists().values() if info.enum == enum.__name__)
    return catalog(info.name)


def read_lines(name: str) -> tuple[list[str], list[str]]:
    """Read a packed file: the column names and the lines, their cells separated by tabs."""
    header, *lines = (_DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return header.split("\t"), lines


def _packed_enum(info: ListInfo) -> type[CodeEnum] | None:
    """Give the enum of the common codes of a long list."""
    if not info.enum:
        return None
    from . import items

    enum: type[CodeEnum] = getattr(items, info.enum)
    return enum


def _of_enum(info: ListInfo, enum: type[CodeEnum]) -> Catalog:
    columns = [name for name in vars(next(iter(enum))) if not name.startswith("_") and name != "label"]
    rows = {
        member.value: "\t".join((member.label, *(_text(getattr(member, name)) for name in columns))) for member in enum
    }
    return Catalog(info, columns, rows, enum)


def _text(value: object) -> str:
    """Write a typed attribute as the packed files write it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
