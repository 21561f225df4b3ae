"""Cards, tables and texts of notebooks: plain HTML without script, every text escaped.

Colours are those of the notebook, light or dark; no verdict is shown by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from html import escape

from .._shown import legible

MOST_ROWS = 25
"""Tables are cut after this many rows, and say so."""
_LONGEST = 400
_BLANKS = str.maketrans(dict.fromkeys("\t\n\r\x85\u2028\u2029", " "))
_GOOD, _BAD = "#1f883d", "#d9363e"
"""Readable on white and on black."""
_LINE = "1px solid rgba(128,128,128,.35)"
_CARD = "line-height:1.4;max-width:72em;overflow-x:auto;margin:0 0 .6em"
_CELL = f"text-align:left;vertical-align:top;padding:.2em .8em .2em 0;border-bottom:{_LINE};overflow-wrap:break-word"
_LONG = _CELL.replace("break-word", "anywhere")
_WIDE = f"{_LONG};min-width:12em"
_RIGHT = _CELL.replace("left;", "right;", 1).replace("0;border", "0;white-space:nowrap;border", 1)
NOTHING: tuple[object, ...] = (None, "", (), {})
_HEAD = "font-weight:600;white-space:nowrap"


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def card(title: str, pairs: Iterable[tuple[str, object]] = (), *parts: str) -> Html:
    """Return a card: title, labelled values (empty ones are left out), and what follows them."""
    rows = "".join(
        f'<tr><th scope="row" style="{_CELL};{_HEAD}">{_escaped(label)}</th><td style="{_LONG}">{text(value)}</td></tr>'
        for label, value in pairs
        if value not in NOTHING
    )
    body = f'<table style="border-collapse:collapse;margin:0">{rows}</table>' if rows else ""
    head = f'<div style="font-weight:700;margin:0 0 .3em"><bdi>{_escaped(title)}</bdi></div>'
    return Html(f'<div class="dian-fe" style="{_CARD}">{head}{body}{"".join(parts)}</div>')


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    caption: str = "",
    right: Sequence[str] = (),
    wide: Sequence[str] = (),
) -> Html:
    """Return a table without its empty columns; an empty text for no rows.

    ``right`` names the columns of figures, ``wide`` those of sentences.
    """
    all_rows = list(rows)
    filled = [place for place in range(len(heads)) if any(row[place] not in NOTHING for row in all_rows)]
    if not filled:
        return Html("")
    styles = [_RIGHT if head in right else _WIDE if head in wide else _CELL for head in heads]
    top = "".join(f'<th scope="col" style="{styles[place]};{_HEAD}">{_escaped(heads[place])}</th>' for place in filled)
    body = "".join(
        "<tr>" + "".join(f'<td style="{styles[place]}">{text(row[place])}</td>' for place in filled) + "</tr>"
        for row in all_rows[:MOST_ROWS]
    )
    more = len(all_rows) - MOST_ROWS
    rest = f'<tr><td colspan="{len(filled)}" style="{_CELL}">… y {more} más</td></tr>' if more > 0 else ""
    name = f'<caption style="text-align:left;font-weight:600">{_escaped(caption)}</caption>' if caption else ""
    return Html(
        f'<table style="border-collapse:collapse;margin:.6em 0 0">{name}<thead><tr>{top}</tr></thead>'
        f"<tbody>{body}{rest}</tbody></table>"
    )


def verdict(good: bool | None, yes: str = "sí", no: str = "no", unknown: str = "no se evaluó") -> Html:
    """Return a verdict by sign, word and colour; None is shown as not judged."""
    sign, word, color = ("✔", yes, _GOOD) if good else ("✘", no, _BAD) if good is False else ("–", unknown, "")
    style = f' style="color:{color};font-weight:600"' if color else ""
    return Html(f"<span{style}>{sign} {_escaped(word)}</span>")


def strong(value: object) -> Html:
    """Return a value that stands out."""
    return Html(f'<span style="font-weight:700">{text(value)}</span>')


def text(value: object) -> str:
    """Return a value as escaped text, isolated from the text direction around it."""
    if isinstance(value, Html):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        value = "sí" if value else "no"
    elif isinstance(value, Enum):
        value = value.value
    elif isinstance(value, datetime):
        value = value.isoformat(sep=" ")
    elif isinstance(value, Decimal):
        value = format(value, "f")
    elif isinstance(value, (tuple, list)):
        return ", ".join(text(each) for each in value)
    words = str(value)
    if len(words) > _LONGEST:
        words = words[:_LONGEST] + "…"
    return f"<bdi>{_escaped(words)}</bdi>"


def _escaped(words: str) -> str:
    """Return text for HTML, where tabs and line breaks become spaces; other invisible characters are escaped."""
    return escape(legible(words.translate(_BLANKS)))
