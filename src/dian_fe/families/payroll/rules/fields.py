"""Rules that are rows of ``data/fields.tsv``: lists, amounts without sign, texts that say something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from ....catalogs import catalog
from ....catalogs.places import COLOMBIA
from ....rules.context import Context
from ....rules.facts import code_facts
from ....rules.model_checks import listed, visit
from ....rules.party_checks import reader
from ....rules.registry import Finding, add, register
from . import BOOK
from .places import at, whole_numbers

_NO_SIGN: Final = "0 o más"


def _spellings(name: str) -> frozenset[str]:
    """Return the codes of a list, those of payroll as any whole number: the schema takes 1 and 01 for one value."""
    codes = frozenset(catalog(name))
    return codes.union(*map(whole_numbers, codes)) if name.startswith("payroll_") else codes


def _in_colombia(path: str, context: Context) -> bool:
    return all(country in {None, COLOMBIA} for _, country in visit(context.document, path))


def _listed(codes: tuple[str, ...], path: str, name: str, expected: str, country: str) -> None:
    """Register the rule that a datum is in a list; one of places only in Colombia, which alone has a list of them."""
    when = partial(_in_colombia, country) if country else None
    listed(*codes, path=path, among=partial(_spellings, name), expected=expected, when=when)


def _amount(codes: tuple[str, ...], path: str, *_: str) -> None:
    """Register the rule that an amount, a percent or a count has no sign: the field says whether it is added."""
    above, repeats, below = path.partition("[]")
    read, field = reader(above), below.removeprefix(".")

    def one(context: Context) -> Iterator[Finding]:
        value = read(context)
        if value is not None and value < 0:
            yield Finding(path, value, _NO_SIGN)

    def many(context: Context) -> Iterator[Finding]:
        for index, item in enumerate(read(context) or ()):
            value = getattr(item, field) if field else item
            if value is not None and value < 0:
                yield Finding(path.replace("[]", f"[{index}]"), value, _NO_SIGN)

    add(codes, many if repeats else one, path)


def _blank(place: str, context: Context) -> Iterator[Finding]:
    owner, _, attribute = place.partition("/@")
    for node in context.subject.xml.all(owner):
        text: Any = node.get(attribute) if attribute else node.text or ""
        if text is not None and not text.strip():
            yield Finding(node=node, attribute=attribute or None, found="", expected="un texto")


def _text(codes: tuple[str, ...], path: str, *_: str) -> None:
    """Register the rule that a text says something where it is written; that it is there is the schema's business."""
    for code in codes:
        register(code, partial(_blank, code_facts()[code].path), path=path, needs=("xml",))


_CHECKS: Final[dict[str, Callable[..., None]]] = {"listed": _listed, "amount": _amount, "text": _text}


def _rows() -> Iterator[list[str]]:
    for line in (BOOK.data / "fields.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        yield [*line.split("\t"), "", "", ""][:6]


for _place, _path, _check, *_rest in _rows():
    _CHECKS[_check](at(_place), _path, *_rest)
