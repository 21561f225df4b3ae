"""The style sheet of the HTML: ``all_papers.css``, that of the paper, the theme's colours and the page's margins."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from .theme import Paper, mixed

if TYPE_CHECKING:
    from .content import Content
    from .theme import Theme


def style_sheet(content: Content, theme: Theme) -> str:
    """Return the whole style sheet of a document: colours, the paper's rules, and what stands in the page's margin."""
    line, tint = mixed(theme.color, 0.82), mixed(theme.color, 0.945)
    root = f":root{{--color:{theme.color};--ink:{theme.text};--soft:{theme.soft};--line:{line};--tint:{tint}}}"
    return f"{root}\n{_css('all_papers')}\n{_css(theme.paper.value)}{_margins(content, theme)}"


@cache
def _css(name: str) -> str:
    return (files(__package__) / f"{name}.css").read_text(encoding="utf-8")


def _margins(content: Content, theme: Theme) -> str:
    """Return the page numbers and, from the second page on, whose document it is."""
    page, of = content.page_label, content.of_label
    numbers = _pages(page.text, of.text)
    if page.english is not None and of.english is not None:
        numbers += f' " / " {_pages(page.english, of.english)}'
    font = f"font:7pt sans-serif;color:{theme.soft}"
    number = f"content:{numbers};{font}"
    if theme.paper is Paper.ROLL_80:
        return f"@page{{@bottom-center{{{number}}}}}"
    running = quoted(f"{content.title.text} {content.number} · {content.supplier.name}"[:110])
    return (
        f"@page{{@bottom-right{{{number}}}@bottom-left{{content:{running};{font};white-space:nowrap;overflow:hidden}}}}"
        "@page:first{@bottom-left{content:none}}"
    )


def _pages(page: str, of: str) -> str:
    return f"{quoted(page + ' ')} counter(page) {quoted(f' {of} ')} counter(pages)"


def quoted(text: str) -> str:
    """Write a text as a CSS string: whatever is not a plain letter, digit or blank by its number."""
    return '"' + "".join(c if c.isascii() and (c.isalnum() or c == " ") else f"\\{ord(c):x} " for c in text) + '"'
