"""The representación gráfica as HTML: one self-contained file, to be viewed, mailed and printed.

It has no script and loads nothing; every text is escaped and isolated in its direction, so no name can affect the text
around it. Printed, the QR stands on every page, 2 cm and larger (annex 1.9, section 11.7), table headers are
repeated, and pages are numbered.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .._arguments import checked
from .._shown import legible
from .content import AmountRow, Content, Field, Label, LineRow, PartyBlock, Reference, Section, TaxRow, TotalRow
from .labels import labels
from .making import content_of
from .papers import PAPERS
from .qr import QUIET, symbol
from .theme import Theme, mixed

if TYPE_CHECKING:
    from ..models.application_response import ApplicationResponse
    from ..models.issuer import Software
    from ..transport import Answer
    from ..ubl.received import Received

_NOTHING_ELSE = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""Content security policy: no browser runs a script or loads an address in it."""
_MANY_FIELDS = 6
_WIDE = {"numbering", "correction"}
_LINE = re.compile(r"\r\n?|[\u0085\u2028\u2029]")


@checked
def render_html(
    document: Any,
    *,
    answer: Answer | Received[Any] | ApplicationResponse | bytes | None = None,
    theme: Theme | None = None,
    software: Software | None = None,
    authorized_on: date | None = None,
) -> str:
    """Draw the representación gráfica of an invoice or note as a self-contained HTML document.

    ``document`` is a result of ``build``, ``sign``, ``read`` or ``verify``; ``answer`` is DIAN's, with the time of
    validation. ``theme``: logo, colours, paper (letter or a roll), English beside the Spanish. ``software`` and
    ``authorized_on`` are data that the XML has no place for: maker and name of the software, day of the authorisation.
    The same arguments give the same text.

    Needs the extra ``pdf`` for the QR: raises ``MissingExtra`` without it, and the errors of `content_of`.
    """
    theme = theme or Theme()
    content = content_of(document, answer=answer, software=software, authorized_on=authorized_on, english=theme.english)
    return draw_html(content, theme)


def draw_html(content: Content, theme: Theme) -> str:
    """Return the HTML of a `Content`; see `render_html`."""
    roll = _is_roll(theme)
    body = "".join(_roll(content, theme) if roll else _letter(content, theme))
    look = f"{theme.paper.value} {theme.template.value}"
    title = _text(f"{content.title.text} {content.number} – {content.supplier.name}")
    return (
        f'<!doctype html>\n<html lang="{content.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_NOTHING_ELSE}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_style_sheet(content, theme)}</style>\n</head>\n"
        f'<body class="{look}">\n<div class="paper">\n<table class="sheet" role="presentation">\n'
        f"<tbody><tr><td><main>\n{body}</main></td></tr></tbody>\n"
        f"<tfoot><tr><td>{_foot(content, roll)}</td></tr></tfoot>\n</table>\n</div>\n</body>\n</html>\n"
    )


# --- texts -----------------------------------------------------------------------------------------------------------


def _text(value: str) -> str:
    """Escape a text; line breaks of every kind become the usual one, controls and direction marks are made visible."""
    return escape(legible(_LINE.sub("\n", value)), quote=True)


def _bdi(value: str) -> str:
    """Escape a text of the document and isolate its direction."""
    return f"<bdi>{_text(value)}</bdi>"


def _label(label: Label) -> str:
    if label.english is None:
        return _text(label.text)
    return f'{_text(label.text)} <span class="en" lang="en">{_text(label.english)}</span>'


def _fields(fields: Iterable[Field]) -> str:
    rows = "".join(f"<dt>{_label(field.label)}</dt><dd>{_bdi(field.value)}</dd>" for field in fields)
    return f"<dl>{rows}</dl>" if rows else ""


# --- blocks that both papers have ------------------------------------------------------------------------------------


def _header(content: Content, theme: Theme) -> Iterator[str]:
    yield '<header>\n<div class="from">'
    if theme.logo is not None:
        data = b64encode(theme.logo).decode()
        yield f'<img class="logo" alt="{_text(content.supplier.name)}" src="data:{theme.logo_type};base64,{data}">'
    yield f'<div class="who">{"".join(_supplier(content.supplier))}</div></div>\n'
    yield f'<div class="title"><h1>{_label(content.title)}</h1><p class="number">{_bdi(content.number)}</p>'
    for notice in content.notices:
        yield f'<p class="notice">{_label(notice)}</p>'
    yield "</div>\n</header>\n"


def _supplier(party: PartyBlock) -> Iterator[str]:
    yield _names(party)
    yield f'<p class="id">{_bdi(party.identification.label.text)} {_bdi(party.identification.value)}</p>'
    for field in party.fields:
        yield f'<p class="plain">{_label(field.label)}: {_bdi(field.value)}</p>'
    if party.qualities:
        yield f'<p class="held">{_text(" · ".join(party.qualities))}</p>'


def _customer(content: Content) -> str:
    if content.alone:
        return ""
    party = content.customer
    fields = _fields((party.identification, *party.fields))
    return f'<section class="card customer"><h2>{_label(party.title)}</h2>{_names(party)}{fields}</section>\n'


def _names(party: PartyBlock) -> str:
    trade = "" if party.trade_name is None else f'<p class="trade">{_bdi(party.trade_name)}</p>'
    return f'<p class="name">{_bdi(party.name)}</p>{trade}'


def _section(section: Section) -> str:
    size = " full" if len(section.fields) > _MANY_FIELDS else " wide" if section.name in _WIDE else ""
    head = f"<h2>{_label(section.title)}</h2>"
    return f'<section class="card {section.name}{size}">{head}{_fields(section.fields)}</section>\n'


def _tables(content: Content, *, narrow: bool) -> Iterator[str]:
    """Yield the tables of taxes, withholdings, other amounts and instalments; narrow papers have the base below."""
    heads = "".join(
        f'<th scope="col"{_NUM if name in ("base", "amount") else ""}>{_label(content.tax_columns[name])}</th>'
        for name in ("name", "rate", "base", "amount")
    )
    head = "" if narrow else f"<thead><tr>{heads}</tr></thead>"
    base = _label(content.tax_columns["base"])
    for title, taxes in ((content.taxes_title, content.taxes), (content.withholdings_title, content.withholdings)):
        yield _table(title, (_narrow_tax(row, base) if narrow else _tax(row) for row in taxes), head)
    others = ((content.other_title, content.other_amounts), (content.instalments_title, content.instalments))
    for title, amounts in others:
        yield _table(title, map(_other, amounts))


def _tax(row: TaxRow) -> str:
    base = f'<td class="num">{_text(row.base)}</td>'
    return f"<tr><td>{_bdi(row.name)}</td><td>{_bdi(row.rate)}</td>{base}{_amount(row)}</tr>"


def _narrow_tax(row: TaxRow, base: str) -> str:
    more = f'<div class="more">{base}: {_text(row.base)}</div>' if row.base else ""
    return f"<tr><td>{_bdi(row.name)} {_bdi(row.rate)}{more}</td>{_amount(row)}</tr>"


def _other(row: AmountRow) -> str:
    return f"<tr><td>{_label(row.kind)} {_bdi(row.description)}</td>{_amount(row)}</tr>"


def _amount(row: TaxRow | AmountRow | TotalRow) -> str:
    """Return an amount's cell, with that in the second currency below."""
    second = "" if row.second is None else f'<div class="second">{_text(row.second)}</div>'
    return f'<td class="num">{_text(row.amount)}{second}</td>'


def _table(title: Label, rows: Iterable[str], head: str = "", kind: str = "small") -> str:
    """Return a table; an empty text without rows."""
    body = "".join(rows)
    caption = f"<caption>{_label(title)}</caption>"
    return f'<table class="{kind}">{caption}{head}<tbody>{body}</tbody></table>\n' if body else ""


_NUM = ' class="num"'


def _ledgers(content: Content) -> str:
    tables = "".join(_table(each.title, (*map(_entry, each.rows), _sum(each.total))) for each in content.ledgers)
    return f'<div class="ledgers">\n{tables}</div>\n' if tables else ""


def _entry(row: AmountRow) -> str:
    more = f'<div class="more">{_bdi(row.description)}</div>' if row.description else ""
    return f"<tr><td>{_label(row.kind)}{more}</td>{_amount(row)}</tr>"


def _sum(row: TotalRow) -> str:
    return f'<tr class="sum"><th scope="row">{_label(row.label)}</th>{_amount(row)}</tr>'


def _totals(content: Content) -> str:
    return _table(content.totals_title, map(_total, content.totals), kind="totals")


def _total(row: TotalRow) -> str:
    strong = ' class="payable"' if row.strong else ""
    return f'<tr{strong}><th scope="row">{_label(row.label)}</th>{_amount(row)}</tr>'


def _words(content: Content) -> str:
    told = {"words": content.in_words, "count": content.line_count}
    lines = (
        f'<p class="{name}"><b>{_label(each.label)}:</b> {_text(each.value)}</p>\n'
        for name, each in told.items()
        if each
    )
    return "".join(lines)


def _references(content: Content) -> str:
    return _table(content.references_title, map(_reference, content.references), kind="small references")


def _reference(reference: Reference) -> str:
    about = " · ".join(map(_bdi, reference.parts))
    key = f'<div class="more">{_text(reference.key_name)} <span class="key">{_bdi(reference.key)}</span></div>'
    return f"<tr><td>{_label(reference.kind)}</td><td>{about}{key if reference.key else ''}</td></tr>"


def _notes(content: Content) -> str:
    notes = "".join(f"<p>{_bdi(note)}</p>" for note in content.notes)
    return f'<section class="part notes"><h2>{_label(content.notes_title)}</h2>{notes}</section>\n' if notes else ""


def _own(theme: Theme) -> Iterator[str]:
    """Yield what is the company's own: accounts, lines to sign on, and the text at the end."""
    if theme.bank_accounts:
        head = _label(labels(theme.english)("bank_accounts"))
        lines = "".join(f"<p>{_bdi(str(each))}</p>" for each in theme.bank_accounts)
        yield f'<section class="part notes"><h2>{head}</h2>{lines}</section>\n'
    if theme.signatures:
        yield f'<div class="signatures">{"".join(f"<p>{_bdi(each)}</p>" for each in theme.signatures)}</div>\n'
    if theme.footer:
        yield f'<p class="own">{_bdi(theme.footer)}</p>\n'


def _software(content: Content) -> str:
    section = content.software
    fields = " · ".join(f"{_label(field.label)}: {_bdi(field.value)}" for field in section.fields)
    return f'<p class="software">{_label(section.title)} – {fields}</p>' if fields else ""


def _foot(content: Content, roll: bool) -> str:
    """Return the footer of every page: QR, key, and the address of the document.

    Browsers repeat a footer only if it takes less than a quarter of the page.
    """
    software = "" if roll else _software(content)
    return (
        f'<footer class="foot">{_qr(content)}<div class="text"><b>{_label(content.key_label)}</b> '
        f'<span class="key">{_text(content.key)}</span><br>{_label(content.qr_label)}:<br>'
        f'<a class="url" href="{_text(content.qr_url)}" rel="noreferrer">{_text(content.qr_url)}</a>'
        f"{software}</div></footer>"
    )


def _qr(content: Content) -> str:
    code = symbol(content.qr_text)
    side = code.size + 2 * QUIET
    path = "".join(f"M{column + QUIET} {row + QUIET}h{count}v1h-{count}z" for row, column, count in code.runs())
    return (
        f'<svg class="qr" role="img" aria-label="Código QR" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


# --- letter ----------------------------------------------------------------------------------------------------------


def _letter(content: Content, theme: Theme) -> Iterator[str]:
    yield from _header(content, theme)
    sections = {section.name: section for section in content.sections}
    first = [sections.pop(name) for name in ("numbering", "dates", "payment") if name in sections]
    yield f'<div class="cards">\n{_customer(content)}'
    yield from map(_section, (*first, *sections.values()))
    yield "</div>\n"
    yield from _lines_table(content)
    yield _ledgers(content)
    yield f'<div class="sums"><div class="left">\n{_words(content)}'
    yield from _tables(content, narrow=False)
    yield f'</div>\n<div class="right">{_totals(content)}</div></div>\n'
    yield _references(content)
    yield _notes(content)
    yield from _own(theme)


_CLASSES = {
    "number": "n", "code": "code", "description": "what", "quantity": "quantity", "price": "num",
    "allowances": "allowance", "taxes": "tax", "total": "num",
}  # fmt: skip


def _lines_table(content: Content) -> Iterator[str]:
    if not content.lines:
        return
    names = [name for name in content.used_columns if name in _CLASSES]
    heads = "".join(
        f'<th scope="col" class="{"num" if name in _RIGHT else _CLASSES[name]}">{_label(content.columns[name])}</th>'
        for name in names
    )
    yield f'<table class="lines"><thead><tr>{heads}</tr></thead>\n<tbody>\n'
    for line in content.lines:
        yield "<tr>" + "".join(_line_cell(name, line, content) for name in names) + "</tr>\n"
    yield "</tbody></table>\n"


_RIGHT = {"quantity", "price", "allowances", "taxes", "total"}


def _line_cell(name: str, line: LineRow, content: Content) -> str:
    label = "" if name in ("number", "description") else f' data-label="{_text(content.columns[name].text)}"'
    return f'<td class="{_CLASSES[name]}"{label}>{_line_value(name, line)}</td>'


def _line_value(name: str, line: LineRow) -> str:
    if name == "description":
        return f"{_bdi(line.description)}{_more(line)}"
    if name == "quantity":
        return f'<div><b>{_text(line.quantity)}</b> <span class="unit">{_bdi(line.unit)}</span></div>'
    if name == "allowances":
        return "<div>" + "".join(f"<div>{_text(each)}</div>" for each in line.allowances) + "</div>"
    if name == "taxes":
        taxes = ((f"{_bdi(each.name)} {_bdi(each.rate)}", _text(each.amount)) for each in line.taxes)
        return f"<div>{''.join(f'<div><span>{tax}</span> <b>{amount}</b></div>' for tax, amount in taxes)}</div>"
    value = getattr(line, name)
    return _bdi(value) if name in ("number", "code") else _text(value)


def _more(line: LineRow) -> str:
    gift = "" if line.free is None else f'<div class="gift">{_label(line.free.label)}. {_text(line.free.value)}</div>'
    details = " · ".join(f"{_bdi(str(field.label))}: {_bdi(field.value)}" for field in line.details)
    return gift + (f'<div class="more">{details}</div>' if details else "")


# --- roll ------------------------------------------------------------------------------------------------------------


def _roll(content: Content, theme: Theme) -> Iterator[str]:
    yield from _header(content, theme)
    sections = {section.name: section for section in content.sections}
    for name in ("dates", "numbering"):
        if name in sections:
            yield _section(sections.pop(name))
    yield _customer(content)
    yield '<ol class="items">\n'
    for line in content.lines:
        yield "".join(_item(line))
    yield f"</ol>\n{_ledgers(content)}{_totals(content)}{_words(content)}"
    yield from _tables(content, narrow=True)
    yield from map(_section, sections.values())
    yield _references(content)
    yield _notes(content)
    yield from _own(theme)
    yield _software(content)


def _item(line: LineRow) -> Iterator[str]:
    code = f'<span class="code">{_bdi(line.code)}</span> ' if line.code else ""
    yield f'<li><div class="what">{_text(line.number)}. {code}{_bdi(line.description)}</div>{_more(line)}'
    yield f'<div class="row"><span>{_text(line.quantity)} {_bdi(line.unit)} × {_text(line.price)}</span>'
    yield f'<span class="num">{_text(line.total)}</span></div>'
    extras = [*(_text(each) for each in line.allowances), *(_bdi(str(each)) for each in line.taxes)]
    if extras:
        yield f'<div class="more">{" · ".join(extras)}</div>'
    yield "</li>\n"


# --- style -----------------------------------------------------------------------------------------------------------


def _style_sheet(content: Content, theme: Theme) -> str:
    """Return the whole style sheet of a document: colours, the paper's rules, and the page margins."""
    line, tint = mixed(theme.color, 0.82), mixed(theme.color, 0.945)
    root = f":root{{--color:{theme.color};--ink:{theme.text};--soft:{theme.soft};--line:{line};--tint:{tint}}}"
    return f"{root}\n{_css('all_papers')}\n{_paper(theme)}{_margins(content, theme)}"


def _is_roll(theme: Theme) -> bool:
    return PAPERS[theme.paper].height is None


def _paper(theme: Theme) -> str:
    """Return the styles of the paper; those of all rolls are the same but for their measures."""
    size = PAPERS[theme.paper]
    if size.height is not None:
        page = (
            f"@page{{size:{size.width}mm {size.height}mm}}:root{{--width:{size.width}mm;--foot:{size.height - 26}mm}}"
        )
        return f"{page}\n{_css('letter')}"
    page = f"@page{{size:{size.width}mm 297mm;margin:4mm {size.margin}mm 6mm}}"
    sizes = f":root{{--width:{size.width}mm;--margin:{size.margin}mm;--qr:{size.qr}mm;--logo:{size.logo[0]}mm}}"
    return f"{page}\n{sizes}\n{_css('roll')}"


@cache
def _css(name: str) -> str:
    return (files(__package__) / f"{name}.css").read_text(encoding="utf-8")


def _margins(content: Content, theme: Theme) -> str:
    """Return the styles of the margins: page numbers and, from the second page on, the document's title."""
    page, of = content.page_label, content.of_label
    numbers = _pages(page.text, of.text)
    if page.english is not None and of.english is not None:
        numbers += f' " / " {_pages(page.english, of.english)}'
    font = f"font:7pt sans-serif;color:{theme.soft}"
    number = f"content:{numbers};{font}"
    if _is_roll(theme):
        return f"@page{{@bottom-center{{{number}}}}}"
    running = quoted(f"{content.title.text} {content.number} · {content.supplier.name}"[:110])
    return (
        f"@page{{@bottom-right{{{number}}}@bottom-left{{content:{running};{font};white-space:nowrap;overflow:hidden}}}}"
        "@page:first{@bottom-left{content:none}}"
    )


def _pages(page: str, of: str) -> str:
    return f"{quoted(page + ' ')} counter(page) {quoted(f' {of} ')} counter(pages)"


def quoted(text: str) -> str:
    """Write a text as a CSS string: all but plain letters, digits and spaces as numbers."""
    return '"' + "".join(c if c.isascii() and (c.isalnum() or c == " ") else f"\\{ord(c):x} " for c in text) + '"'
