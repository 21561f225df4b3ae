"""What the templates of the PDF are given: the texts of a `Content` as JSON, ready to be set.

A template decides where a text stands; here is decided only what can be known without setting: where a long word may
break, which texts are the widest of a column, and what is too long to stay together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .._shown import legible, shown
from .content import AmountRow, Content, Field, Label, Ledger, LineRow, PartyBlock, Reference, Section, TaxRow, TotalRow
from .labels import labels
from .papers import PAPERS, PaperSize
from .qr import QUIET
from .theme import Theme, mixed

if TYPE_CHECKING:
    from .qr import Symbol

NBSP = "\u00a0"
_AMOUNT = re.compile(r"(?<=\$) (?=\d)|(?<=\b[A-Z]{3}) (?=\d)|(?<=\d) (?=%)")
_LONG = 18
"""Characters from which on a part of a word without signs may break anywhere."""
_WORD = re.compile(r"\S{11,}|\S*-[^\s\d]\S*")
"""A long word, and one with a hyphen where a line could break: Spanish repeats it there, and no datum may have two."""
_WHOLE = re.compile(
    r"-(?:\$|[A-Z]{3})\u00a0[\d.,]+"
    r"|(?:-?(?:\$|\b[A-Z]{3})\u00a0)?-?\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|(?<![\w.-])\d{11,18}(?![\w-])"
)
"""Amounts, with their currency, and codes: they break inside only if wider than all that holds them."""
_PART = re.compile(r"[^-/_.,;:@&?=+|\\)]*[-/_.,;:@&?=+|\\)]+|[^-/_.,;:@&?=+|\\)]+")
"""A part of a long word up to and with signs; longer ones are cut after every few characters."""
_SHORT = 4
_KEY = 16
"""Characters of a key that stay together: its 96 fill two lines, or three, evenly."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_IN_ORDER = "\u202d"
"""The mark from which on text is set in its order, whatever its writing: nothing may change places with a figure.

It holds to the end of the paragraph. A mark that ends it would become part of the letter before: readers that copy a
figure would get it too.
"""
_UNWRITABLE = re.compile(
    "[\ue000-\uf8ff\ufeff\ufdd0-\ufdef\ufffe\uffff\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff\U000efffe-\U0010ffff]"
)
"""Characters that PDF/A forbids in text: private use, no characters, and the mark of byte order."""
_SHORT_SOFTWARE = 500
"""Characters about the software that fit at the foot of every page; more is printed once, at the end."""
_CAPS = {
    "number": 26, "code": 66, "quantity": 58, "unit": 52, "price": 110, "allowances": 76, "taxes": 92, "total": 115
}  # fmt: skip
"""Widest columns in points; the description has the rest."""
_TO_THE_RIGHT = frozenset({"quantity", "price", "allowances", "taxes", "total"})
_LINE = 42
"""Characters that half a sheet holds in a line, roughly."""

_SHORT_ROW = 400
"""Characters of a line that stays on one page."""
_TOGETHER = 3
"""Rows of text that typst never parts, lest one of them be alone."""
_LETTERS_OF_TWO = 18
"""Most characters of amounts in two currencies that stand beside each other."""
_SAMPLES = 3
"""Longest texts of a column that are measured: figures are all as wide as each other."""
_LONG_BOX = 45
"""Lines from which on a box may break, instead of standing beside another."""
LONGEST = 14_400
"""Longest page that viewers take, in points (ISO 32000-1, annex C.2); longer content continues on another page."""
_MANY = 15_000
"""Characters from which on a roll is measured, whether it is longer than that."""
_PARAGRAPH = 4_000
"""Characters from which on a note is set in parts, between which a page may end."""


class Picture(NamedTuple):
    """The logo, with its pixels."""

    data: bytes
    width: int
    height: int


def normal(text: str) -> str:
    """Compose letters with their accents, and make controls and direction marks visible."""
    return legible(text if text.isascii() else unicodedata.normalize("NFC", text))


@lru_cache(maxsize=4096)
def piece(text: str, short: int = _SHORT) -> str | tuple[str | tuple[str, ...], ...]:
    """Return a text as templates take it: amounts keep their currency, and a long word is cut every few characters."""
    if not (text.isascii() and text.isprintable()):
        text = _UNWRITABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), normal(text))
    if not text.isprintable() or "  " in text or text != text.strip():
        text = "\n".join(" ".join(line.split()) for line in text.splitlines())
    if " " in text:
        text = _AMOUNT.sub(NBSP, text)
    if not text.isascii() and _RIGHT_TO_LEFT.search(text):
        text = f"{_IN_ORDER}{text}"
    if (len(text) <= 10 and "-" not in text) or not _WORD.search(text):
        return text
    pieces = tuple(_pieces(text, short))
    return pieces[0] if pieces == (text,) else pieces


def _pieces(text: str, short: int) -> Iterator[str | tuple[str, ...]]:
    """Yield the parts between which a line may break, and in tuples those of what should stay whole."""
    last = 0
    for whole in _WHOLE.finditer(text):
        if last < whole.start():
            yield from _parts_of(text[last : whole.start()], short)
        yield tuple(whole[0][at : at + _SHORT] for at in range(0, len(whole[0]), _SHORT))
        last = whole.end()
    if last < len(text):
        yield from _parts_of(text[last:], short)


def _parts_of(text: str, short: int) -> Iterator[str]:
    """Yield the parts between which a line may break; blanks inside them are breaks too."""
    held, last = "", 0
    for word in _WORD.finditer(text):
        held += text[last : word.start()]
        for part in _PART.findall(word[0]):
            size = len(part) if len(part) <= _LONG else short
            for start in range(0, len(part), size):
                if start or held[-1:] not in ("", " ", "\n"):
                    yield held
                    held = ""
                held += part[start : start + size]
        last = word.end()
    yield held + text[last:]


# --- labels, fields and boxes ----------------------------------------------------------------------------------------


def _label(label: Label) -> Any:
    """Return a label; with the English one where it has one."""
    spanish = piece(label.text)
    return spanish if label.english is None else {"es": spanish, "en": piece(label.english)}


def _field(field: Field) -> dict[str, Any]:
    return {"label": _label(field.label), "value": piece(field.value)}


def _lines_of(*texts: str) -> int:
    """Return how many lines texts take in half a sheet, roughly."""
    return sum(sum(len(line) // _LINE + 1 for line in text.split("\n")) for text in texts)


def _section(section: Section) -> dict[str, Any]:
    fields = [_field(each) for each in section.fields]
    weight = 2 + sum(_lines_of(f"{each.label}{each.value}") for each in section.fields)
    return {"title": _label(section.title), "fields": fields, "weight": weight}


def _party(party: PartyBlock) -> dict[str, Any]:
    told = (party.name, party.trade_name or "", *(each.value for each in party.fields), *party.qualities)
    return {
        "title": _label(party.title),
        "name": piece(party.name),
        "plain": shown(party.name),
        "trade": None if party.trade_name is None else piece(party.trade_name),
        "identification": _field(party.identification),
        "fields": [_field(each) for each in party.fields],
        "qualities": [piece(each) for each in party.qualities],
        "weight": 2 + _lines_of(*told),
    }


def _amounts(row: TaxRow | AmountRow | TotalRow, **more: Any) -> dict[str, Any]:
    second = None if row.second is None else piece(row.second)
    return {"amount": piece(row.amount), "second": second, **more}


def _tax(row: TaxRow) -> dict[str, Any]:
    return _amounts(row, name=piece(row.name), rate=piece(row.rate), base=piece(row.base))


def _other(row: AmountRow) -> dict[str, Any]:
    return _amounts(row, label=_label(row.kind), value=piece(row.description))


def _total(row: TotalRow) -> dict[str, Any]:
    return _amounts(row, label=_label(row.label), strong=row.strong)


def _ledger(ledger: Ledger) -> dict[str, Any]:
    rows = [
        {"text": piece(str(Field(each.kind, each.description))), "amount": piece(each.amount)} for each in ledger.rows
    ]
    return {"title": _label(ledger.title), "rows": rows, "total": _total(ledger.total)}


def _reference(reference: Reference) -> dict[str, Any]:
    return {
        "kind": _label(reference.kind),
        "about": piece(" · ".join(reference.parts)),
        "key": piece(reference.key, _KEY),
        "key-name": piece(reference.key_name),
    }


# --- lines -----------------------------------------------------------------------------------------------------------


def _cell(row: LineRow, name: str) -> str:
    value = getattr(row, name)
    return value if isinstance(value, str) else "\n".join(map(str, value))


def _table(content: Content) -> dict[str, Any]:
    """Return the lines as a table, with the widest texts of each column."""
    names = content.used_columns if content.lines else []
    cells = [[_cell(row, name) for name in names] for row in content.lines]
    columns = []
    for place, name in enumerate(names):
        texts = {line for row in cells for line in row[place].split("\n")} if name != "description" else set()
        head = content.columns[name]
        columns.append(
            {
                "name": name,
                "head": _label(head),
                "head-words": f"{head.text} {head.english or ''}".split(),
                "right": name in _TO_THE_RIGHT,
                "weight": "bold" if name == "total" else "regular",
                "cap": _CAPS.get(name, 0),
                "samples": [piece(text) for text in sorted(texts, key=lambda each: (len(each), each))[-_SAMPLES:]],
            }
        )
    lines = [
        {"cells": [piece(text) for text in texts], "more": piece(" · ".join(row.further)), "whole": _is_held(row)}
        for row, texts in zip(content.lines, cells, strict=True)
    ]
    return {
        "columns": columns,
        "description": names.index("description") if "description" in names else 0,
        "lines": lines,
    }


def _short_table(content: Content) -> dict[str, Any]:
    """Return the lines for narrow paper: what, below how many at which price, and the total beside."""
    columns = content.columns
    heads = [columns[name] for name in ("quantity", "unit", "price")]
    below = [columns["description"].text, " · ".join(each.text for each in heads)]
    english = [
        text for text in (columns["description"].english, " · ".join(each.english or "" for each in heads)) if text
    ]
    head = Label("\n".join(below), "\n".join(english) if columns["description"].english else None)
    lines = []
    for row in content.lines:
        more = [
            *([f"{columns['code']}: {row.code}"] if row.code else []),
            *row.allowances,
            *map(str, row.taxes),
            *row.further,
        ]
        lines.append(
            {
                "name": piece(" ".join(part for part in (f"{row.number}.", row.description) if part)),
                "times": piece(f"{row.quantity} {row.unit} × {row.price}".replace("  ", " ")),
                "total": piece(row.total),
                "more": piece(" · ".join(more)),
                "short": _is_short(row),
            }
        )
    return {"columns": [{"head": _label(head)}, {"head": _label(columns["total"])}], "description": 0, "lines": lines}


# --- the whole -------------------------------------------------------------------------------------------------------


def setting_of(
    content: Content, theme: Theme, symbol: Symbol, logo: Picture | None, attached: Mapping[str, str] | None
) -> dict[str, Any]:
    """Return all that a template is given; ``attached`` has the name and text of the XML."""
    paper = PAPERS[theme.paper]
    taxes = ((content.taxes_title, content.taxes), (content.withholdings_title, content.withholdings))
    others = ((content.other_title, content.other_amounts), (content.instalments_title, content.instalments))
    heads = [_label(content.tax_columns[name]) for name in ("name", "rate", "base", "amount")]
    long_box = _LONG_BOX // 2 if paper.narrow else _LONG_BOX
    dates = content.section("dates")
    boxes = [_section(each) for each in content.sections if each is not dates]
    supplier, customer = _party(content.supplier), _party(content.customer)
    identified = f"{content.supplier.identification.label} {content.supplier.identification.value}"
    return {
        **_look(content, theme, paper, symbol, logo),
        **(_short_table if paper.narrow else _table)(content),
        "plain-title": shown(f"{content.title.text} {content.number}"),
        "subject": shown(f"{content.key_label.text} {content.key}"),
        "xml": attached,
        "title": _label(content.title),
        "long-title": len(content.title.text) > _LINE,
        "number": piece(content.number),
        "running": [
            piece(_cut(f"{content.supplier.name} · {identified}", 96)),
            piece(_cut(content.title.text, 80)),
            piece(_cut(content.number, 34)),
        ],
        "notices": [_label(each) for each in content.notices],
        "supplier": supplier,
        "customer": None if content.alone else customer,
        "dates": None if dates is None else _section(dates),
        "sections": boxes,
        "long-head": supplier["weight"] > long_box or _lines_of(content.title.text, content.number) > long_box // 3,
        "long-boxes": any(each["weight"] > long_box for each in (customer, *boxes)),
        "references-title": _label(content.references_title),
        "references": [_reference(each) for each in content.references],
        "tax-heads": heads,
        "base": _label(content.tax_columns["base"]),
        "taxes": [(_label(title), [_tax(row) for row in rows]) for title, rows in taxes],
        "others": [(_label(title), [_other(row) for row in rows]) for title, rows in others],
        "totals": [_total(row) for row in content.totals],
        "end": max(map(_length, content.lines[-1:]), default=0),
        "tall": _tall(content),
        "wide": max((max(len(row.amount), len(row.second or "")) for row in content.totals), default=0)
        > (_LETTERS_OF_TWO if content.in_two_currencies else paper.letters),
        "ledgers": [_ledger(each) for each in content.ledgers],
        "words": [_field(each) for each in (content.in_words, content.line_count) if each is not None],
        "both-currencies": content.in_two_currencies,
        "notes-title": _label(content.notes_title),
        "notes": [piece(part) for each in content.notes for part in _parts(each)],
        "key-label": _label(content.key_label),
        "key": piece(content.key, _KEY),
        "software": _section(content.software),
        "foot-lines": _foot_lines(content, 50 if paper.narrow else 90),
        "software-long": len(content.software.line) > _SHORT_SOFTWARE,
        "page": _label(content.page_label),
        "of": _label(content.of_label),
    }


def _look(content: Content, theme: Theme, paper: PaperSize, symbol: Symbol, logo: Picture | None) -> dict[str, Any]:
    """Return colours, measures and pictures."""
    side = paper.qr_side(symbol.size)
    roll = paper.height is None  # printers of receipts have black alone: grey is a pattern of dots
    return {
        "template": theme.template.value,
        "color": theme.color,
        "ink": theme.text,
        "soft": theme.text if roll else theme.soft,
        "rule": theme.text if roll else mixed(theme.text, 0.78),
        "tint": "#ffffff" if roll else mixed(theme.color, 0.93),
        "width": paper.width,
        "height": paper.height,
        "margin": paper.margin,
        "narrow": paper.narrow,
        "type": paper.type,
        "longest": LONGEST if paper.height is None and _is_long(content) else None,
        "logo": None if logo is None else {"data": list(logo.data), "width": logo.width, "height": logo.height},
        "logo-room": paper.logo,
        "qr": {
            "png": list(symbol.png),
            "side": side,
            "quiet": side * QUIET / symbol.size,
            "url": content.qr_url,
            "shown": piece(content.qr_url, _KEY),
            "label": _label(content.qr_label),
        },
        "bank-title": _label(labels(theme.english)("bank_accounts")),
        "bank": [piece(str(each)) for each in theme.bank_accounts],
        "signatures": [piece(each) for each in theme.signatures],
        "footer": piece(theme.footer),
    }  # fmt: skip


def _is_long(content: Content) -> bool:
    """True if a roll may become longer than a page can be."""
    lines = sum(len(row.description) + sum(map(len, row.further)) + 60 for row in content.lines)
    fields = sum(len(field.value) for section in content.sections for field in section.fields)
    ledgers = 80 * sum(len(each.rows) for each in content.ledgers)
    return lines + fields + ledgers + sum(map(len, content.notes)) > _MANY


def _parts(text: str) -> Iterator[str]:
    """Yield a text in paragraphs: whole, unless it would fill pages."""
    while len(text) > _PARAGRAPH:
        end = text.rfind(" ", 1, _PARAGRAPH)
        end = _PARAGRAPH if end < 0 else end
        yield text[:end]
        text = text[end:]
    yield text


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _is_short(row: LineRow) -> bool:
    """True if a line stays on one page."""
    return _length(row) < _SHORT_ROW


def _is_held(row: LineRow) -> bool:
    """True if a short line must be held on one page: up to three rows of text stay so by themselves."""
    several = max(len(row.taxes), len(row.allowances)) > _TOGETHER
    return _is_short(row) and (several or len(row.description) + sum(map(len, row.further)) > 2 * _LINE)


def _foot_lines(content: Content, letters: int) -> int:
    """Return how many lines of so many letters stand beside the QR at most."""
    told = (content.key, content.qr_url, content.software.line, str(content.qr_label))
    return 1 + sum(len(text) // letters + 1 for text in told)


def _tall(content: Content) -> int:
    """Return how many lines the amounts take at most."""
    rows = (*content.taxes, *content.withholdings, *content.other_amounts, *content.instalments, *content.totals)
    told = [f"{row.name}{row.rate}" if isinstance(row, TaxRow) else getattr(row, "description", "") for row in rows]
    told.append("" if content.in_words is None else content.in_words.value)
    each = 3 if content.english or content.in_two_currencies else 2
    return 12 + each * len(rows) + sum(len(text) // 20 for text in told)


def _length(row: LineRow) -> int:
    """Return the characters of a line, as many as its longest cell would have if it were as wide as the description."""
    allowances, taxes = (5 * sum(len(str(each)) for each in group) for group in (row.allowances, row.taxes))
    return max(len(row.description) + sum(map(len, row.further)), 4 * len(row.code), allowances, taxes)
