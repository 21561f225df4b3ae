"""Every code list by name, the long ones read from the packed files on first use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Literal, NamedTuple

from .._text import fold, nearest
from .._viewed import Viewed
from ..errors import UnknownCode
from ._codes import CodeEnum

__all__ = ["Catalog", "Entry", "ListInfo", "catalog", "lists"]

_DATA = Path(__file__).with_name("data")
_SHORT = 12
"""Up to this many codes a refusal names them all."""
_SEVERAL = 4
"""Up to this many codes are suggested for an ambiguous name."""
_TELLING = 4
"""From this length on, a text similar to a code is suggested."""
_OTHER_CODES = frozenset({"abbreviation", "alpha3", "iso_3166_2", "numeric", "rips_code", "unece_code", "xml_element"})
"""Columns with the code that other lists have for the same thing."""


class ListInfo(NamedTuple):
    """What a list is, and its sources.

    ``kind`` is ``enum``; ``packed`` (no enum); ``both`` (an enum of the common codes); ``alias`` (the codes of another
    list); or ``table`` (rows without a code of their own, served by functions). ``enum`` is ``module:Class``, if any.
    ``spanish_name`` is what messages call the list, ``title`` what it is for, with the place in the XML; ``source``,
    ``confidence`` and ``doubt`` give the sources of its facts.
    """

    name: str
    kind: Literal["enum", "packed", "both", "alias", "table"]
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


class Catalog(Viewed, Mapping[str, Entry]):
    """A code list, by code. Every look-up is one dictionary access; ``rows`` holds label and details, tab-separated."""

    def __init__(self, info: ListInfo, columns: Sequence[str], rows: Mapping[str, str]) -> None:
        self._info = info
        self._columns = columns
        self._rows = rows

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
        """What is uncertain about the list; empty when nothing is."""
        return self._info.doubt

    def __contains__(self, code: object) -> bool:
        """True if the list holds a code."""
        return code in self._rows

    def __iter__(self) -> Iterator[str]:
        """Return an iterator over the codes, in the list's order."""
        return iter(self._rows)

    def __len__(self) -> int:
        """Return the number of codes."""
        return len(self._rows)

    def __getitem__(self, code: str) -> Entry:
        """Return the entry of a code; ``KeyError`` as in any mapping when there is none."""
        member = _enum(self._info.enum).by_code(code) if self._info.enum and code in self else None
        return Entry(code, self._rows[code].partition("\t")[0], self.details(code), member)

    def label(self, code: str) -> str:
        """Return the official label of a code; raises ``UnknownCode`` when the list does not hold it."""
        row = self._rows.get(code)
        if row is None:
            raise self.unknown(code)
        return row.partition("\t")[0]

    def details(self, code: str) -> dict[str, str]:
        """Return the other columns of a code, as in ``Entry``; ``KeyError`` when the list does not hold it."""
        return dict(zip(self._columns, self._rows[code].split("\t")[1:], strict=True))

    def require(self, code: str, *, field: str | None = None) -> Entry:
        """Return the entry of a code; raises ``UnknownCode`` at ``field`` when the list does not hold it."""
        if code not in self._rows:
            raise self.unknown(code, field=field)
        return self[code]

    def unknown(self, value: object, *, field: str | None = None, among: Collection[str] | None = None) -> UnknownCode:
        """Return the error for an unknown code, which names the codes, or the similar ones of a long list.

        ``among``: the codes of the list that are valid here, when not all are.
        """
        text = str(value)
        known = self._rows if among is None else among
        close = [code for code in self.meant(text) if code in known]
        if close:
            remedy = f"¿Quiso decir {' o '.join(f'{code!r} ({self.label(code)})' for code in close)}?"
        elif self._info.enum:
            remedy = f"use un valor de dian_fe.catalogs.{self._info.enum.partition(':')[2]}."
        else:
            remedy = f"use un código de la lista: dian_fe.catalogs.catalog({self.name!r}) los tiene todos."
        told = [f"{code} ({self.label(code)})" if code in self._rows else code for code in known]
        few = len(told) <= _SHORT
        here = "" if among is None or text not in self._rows else ", entre los de este tipo de documento"
        return UnknownCode.of(
            "catalogs.unknown",
            field=field,
            found=repr(text),
            expected=", ".join(told) if few else f"uno de los {len(told)} códigos de la lista",
            remedy=remedy,
            spanish_name=self._info.spanish_name,
            here=here,
        )

    def meant(self, text: str) -> tuple[str, ...]:
        """Return the codes probably meant: by case and zeros, alternative code, name, or similarity."""
        bare = text.strip()
        key = fold(bare)
        usual = _usual_names().get(self.name, {})
        if (said := usual.get(key or bare)) and text not in self._rows:
            return (said,)
        for code in (bare, bare.upper(), bare.lstrip("0"), bare.zfill(2), bare.zfill(3)):
            if code in self._rows and code != text:
                return (code,)
        for column in _OTHER_CODES.intersection(self._columns):
            for code in self._rows:
                if bare and bare.upper() == self.details(code)[column]:
                    return (code,)
        labels: dict[str, list[str]] = {}
        for code, row in self._rows.items():
            labels.setdefault(fold(row.partition("\t")[0]), []).append(code)
        if key in labels:
            return tuple(labels[key])
        if len(bare) < _TELLING:
            return ()
        words = set(key.split())
        within = [code for label, codes in labels.items() if words <= set(label.split()) for code in codes]
        if 0 < len(within) <= _SEVERAL:
            return tuple(within)
        close = nearest(key, labels, cutoff=0.8)
        if close:
            return tuple(labels[close][:_SEVERAL])
        if usual_close := nearest(key, usual, cutoff=0.8):
            return (usual[usual_close],)
        alike = nearest(text, self._rows)
        return (alike,) if alike else ()


@cache
def _usual_names() -> Mapping[str, Mapping[str, str]]:
    """Return the usual names of codes, by list and folded name; «$» has no letters to fold and stays as it is."""
    names: dict[str, dict[str, str]] = {}
    for line in read_lines("usual_names")[1]:
        listed, name, code, _ = line.split("\t")
        names.setdefault(listed, {})[fold(name) or name] = code
    return names


@cache
def lists() -> Mapping[str, ListInfo]:
    """Return the `ListInfo` of every list, by name."""
    _, *lines = (_DATA / "index.tsv").read_text(encoding="utf-8").splitlines()
    return {info.name: info for info in (ListInfo._make(line.split("\t")) for line in lines)}


@cache
def catalog(name: str) -> Catalog:
    """Return a code list by name, such as ``units``, ``countries`` or ``payment_means``; ``lists()`` names them all.

    Raises ``UnknownCode`` when there is no list of that name.
    """
    info = lists().get(name)
    if info is None or info.kind == "table":
        names = [other.name for other in lists().values() if other.kind != "table"]
        close = nearest(name, names)
        raise UnknownCode.of(
            "catalogs.unknown_catalog",
            found=repr(name),
            remedy=f"¿Quiso decir {close!r}?" if close else "busque el nombre en dian_fe.catalogs.lists().",
        )
    if info.kind in ("packed", "both"):
        columns, lines = read_lines(name)
        # Splitting only code from rest, and the rest on access, halves the time of the longest list.
        return Catalog(info, columns[2:], dict(line.split("\t", 1) for line in lines))
    enum = _enum(info.enum)
    columns = [name for name in vars(next(iter(enum))) if not name.startswith("_") and name != "label"]
    return Catalog(info, columns, {member.value: _line(member, columns) for member in enum})


@cache
def catalog_of(enum: type[CodeEnum]) -> Catalog:
    """Return the list of an enum, whole even where the enum holds only its common codes."""
    where = f"{enum.__module__.rpartition('.')[2]}:{enum.__name__}"
    return catalog(next(info.name for info in lists().values() if info.enum == where and info.kind != "alias"))


def read_lines(name: str) -> tuple[list[str], list[str]]:
    """Read a packed file: the column names and the lines, their cells separated by tabs."""
    header, *lines = (_DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return header.split("\t"), lines


def _enum(where: str) -> type[CodeEnum]:
    """Load the enum that ``module:Class`` names."""
    module, _, name = where.partition(":")
    enum: type[CodeEnum] = getattr(import_module(f".{module}", __package__), name)
    return enum


def _line(member: CodeEnum, columns: Sequence[str]) -> str:
    """Return the line of a packed file for a member."""
    return "\t".join((member.label, *(_text(getattr(member, name)) for name in columns)))


def _text(value: object) -> str:
    """Return a typed attribute as the packed files write it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
