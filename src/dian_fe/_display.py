"""How values show themselves in notebooks: plain HTML without script, every text escaped.

It knows no room, so that each can use it: a class says what is to be read, this says how it looks. Colours are those
of the notebook, light or dark; no verdict is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from html import escape

from ._shown import legible

MOST_ROWS = 25
"""Tables are cut after so many rows, and say so."""
_LONGEST = 400
_BLANKS = str.maketrans(dict.fromkeys("\t\n\r\x85\u2028\u2029", " "))
_LINE = "1px solid rgba(128,128,128,.35)"
_CELL = f"text-align:left;vertical-align:top;padding:.2em .8em .2em 0;border-bottom:{_LINE};overflow-wrap:break-word"
_RIGHT = _CELL.replace("left;", "right;", 1).replace("0;border", "0;white-space:nowrap;border", 1)
_HEAD = "font-weight:600;white-space:nowrap"


class Html(str):
    """What is HTML already."""

    __slots__ = ()


def card(title: str, pairs: Iterable[tuple[str, object]] = (), *parts: str) -> Html:
    """Give a title, labelled values (those that say nothing are left out), and what follows them."""
    rows = "".join(
        f'<tr><th scope="row" style="{_CELL};{_HEAD}">{_escaped(label)}</th><td style="{_CELL}">{text(value)}</td></tr>'
        for label, value in pairs
        if value is not None and value not in ("", ())
    )
    body = f'<table style="border-collapse:collapse;margin:0">{rows}</table>' if rows else ""
    head = f'<div style="font-weight:700;margin:0 0 .3em"><bdi>{_escaped(title)}</bdi></div>'
    return Html(f'<div class="dian-fe" style="line-height:1.4;max-width:72em">{head}{body}{"".join(parts)}</div>')


def table(
    heads: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str = "", right: Sequence[str] = ()
) -> Html:
    """Give a table; ``right`` names the columns of figures. Nothing for no rows."""
    all_rows = list(rows)
    if not all_rows:
        return Html("")
    styles = [_RIGHT if head in right else _CELL for head in heads]
    top = "".join(
        f'<th scope="col" style="{style};{_HEAD}">{_escaped(head)}</th>'
        for head, style in zip(heads, styles, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f'<td style="{style}">{text(cell)}</td>' for cell, style in zip(row, styles, strict=True))
        + "</tr>"
        for row in all_rows[:MOST_ROWS]
    )
    more = len(all_rows) - MOST_ROWS
    rest = f'<tr><td colspan="{len(heads)}" style="{_CELL}">… y {more} más</td></tr>' if more > 0 else ""
    name = f'<caption style="text-align:left;font-weight:600">{_escaped(caption)}</caption>' if caption else ""
    return Html(
        f'<table style="border-collapse:collapse;margin:.6em 0 0">{name}<thead><tr>{top}</tr></thead>'
        f"<tbody>{body}{rest}</tbody></table>"
    )


def verdict(good: bool | None, yes: str = "sí", no: str = "no", unknown: str = "no se juzgó") -> Html:
    """Give a verdict by sign, word and colour; None is told as not judged."""
    sign, word, color = ("✔", yes, "#1a7f37") if good else ("✘", no, "#c0341d") if good is False else ("–", unknown, "")
    style = f' style="color:{color};font-weight:600"' if color else ""
    return Html(f"<span{style}>{sign} {_escaped(word)}</span>")


def text(value: object) -> str:
    """Give a value as escaped text, set apart from the direction of what is around it."""
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
    """Return text for HTML, where tabs and line breaks are blanks; what else cannot be seen is escaped."""
    return escape(legible(words.translate(_BLANKS)))
