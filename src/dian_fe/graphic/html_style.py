"""The style sheets of the HTML: for a letter sheet and for the receipt roll, on screen and printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .theme import Paper, mixed

if TYPE_CHECKING:
    from .content import Content
    from .theme import Theme

_SHARED = """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;background:#e9edf1}
body{margin:0;color:var(--ink);font-family:"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;
font-variant-numeric:tabular-nums;-webkit-print-color-adjust:exact;print-color-adjust:exact}
h1,h2,p,dl,dd,ol,ul,figure{margin:0;padding:0}
ol,ul{list-style:none}
a{color:inherit}
bdi{overflow-wrap:anywhere;white-space:pre-line}
.num{white-space:nowrap;text-align:right}
.en{color:var(--soft);font-weight:400;font-style:italic}
.key,.url{font-family:Consolas,"Liberation Mono","DejaVu Sans Mono",Menlo,monospace;overflow-wrap:anywhere}
.qr{display:block;background:#fff}
.sheet{width:100%;border-collapse:collapse;table-layout:fixed}
.sheet>*>tr>td{padding:0}
h2,.small caption{break-after:avoid}
dt{color:var(--soft)}
dd{overflow-wrap:anywhere}
@media print{html{background:#fff}a{text-decoration:none}}
"""

_LETTER = """
@page{size:letter;margin:11mm 12mm 13mm}
body{font-size:8.6pt;line-height:1.38}
.paper{max-width:8.5in;margin:24px auto;padding:11mm 12mm;background:#fff;box-shadow:0 2px 14px rgba(20,30,45,.16)}
header{display:flex;gap:8mm;justify-content:space-between;align-items:flex-start;border-top:3px solid var(--color);
padding-top:5mm}
.from{display:flex;gap:5mm;align-items:flex-start;min-width:0;flex:1}
.logo{max-width:42mm;max-height:24mm;flex:none}
.who{min-width:0}
.who .name{font-size:13.5pt;line-height:1.2;font-weight:700;letter-spacing:-.01em}
.trade{font-size:10pt;color:var(--soft)}
.who .id{font-weight:600;margin-top:1mm}
.who .plain{color:var(--soft);font-size:8pt}
.who .held{margin-top:1.2mm;font-size:8pt;font-weight:600;color:var(--color)}
.title{flex:none;width:62mm;text-align:right}
.title h1{font-size:11.5pt;line-height:1.25;font-weight:600;color:var(--color)}
.title h1 .en{display:block;font-size:8pt}
.title .number{font-size:17pt;line-height:1.25;font-weight:700;overflow-wrap:anywhere;letter-spacing:-.01em}
.notice{display:inline-block;margin-top:1.5mm;padding:.6mm 2.4mm;border:1px solid #b3261e;border-radius:3px;
color:#b3261e;font-size:8pt;font-weight:600}
.cards{display:flex;flex-wrap:wrap;gap:2.2mm;margin-top:4mm}
.card{flex:1 1 50mm;min-width:0;padding:2mm 2.8mm;background:var(--tint);border-radius:4px;break-inside:avoid}
.card.customer,.card.wide{flex-basis:84mm}
.card.dates{flex-basis:66mm}
.card.full{flex-basis:100%;break-inside:auto}
h2{font-size:7.4pt;font-weight:700;text-transform:uppercase;letter-spacing:.055em;color:var(--color);margin-bottom:1mm}
h2 .en{text-transform:none;letter-spacing:0}
.card .name{font-size:10.5pt;font-weight:700;line-height:1.25;margin-bottom:.6mm}
dl{display:grid;grid-template-columns:fit-content(40%) 1fr;column-gap:2.4mm;row-gap:.3mm;font-size:8.2pt}
.full dl{grid-template-columns:fit-content(25%) 1fr fit-content(25%) 1fr}
.lines,.small{width:100%;border-collapse:collapse}
.lines{margin-top:5mm}
.lines thead tr{background:var(--color)}
.lines thead th{color:#fff;font-size:7.6pt;font-weight:600;text-align:left;padding:1.5mm 1.8mm;
vertical-align:bottom;line-height:1.2}
.lines thead .en{color:#fff;display:block}
.lines thead th.num{text-align:right;white-space:normal}
.lines td{padding:1.5mm 1.8mm;vertical-align:top;border-bottom:1px solid var(--line)}
.lines tr{break-inside:avoid}
.lines .n{width:7mm}
.lines td.n{color:var(--soft)}
.lines .code{width:22mm;overflow-wrap:anywhere}
.lines .unit{color:var(--soft);font-size:7.4pt;white-space:normal}
.lines td.quantity{text-align:right;min-width:21mm}
.lines .quantity b{font-weight:400;white-space:nowrap}
.lines .tax,.lines .allowance{font-size:7.8pt;text-align:right}
.lines .tax span,.lines .tax b,.lines .allowance div div{display:inline-block}
.lines .tax span{color:var(--soft)}
.lines .tax b,.lines .allowance div div{font-weight:400;white-space:nowrap}
.more{color:var(--soft);font-size:7.6pt;line-height:1.3}
.gift{display:inline-block;font-size:7.6pt;color:var(--color);font-weight:600}
.sums{display:grid;grid-template-columns:minmax(0,1fr) 70mm;gap:6mm;margin-top:4mm;align-items:start}
.sums>.left{min-width:0}
.small{font-size:8pt;margin-bottom:3mm}
.small caption{text-align:left;font-size:7.4pt;font-weight:700;text-transform:uppercase;letter-spacing:.055em;
color:var(--color);padding-bottom:.8mm}
.small caption .en,.small th .en{text-transform:none;letter-spacing:0}
.small th{font-weight:600;text-align:left;color:var(--soft);border-bottom:1px solid var(--color);
padding:.6mm 1.4mm .6mm 0}
.small td{padding:.7mm 1.4mm .7mm 0;border-bottom:1px solid var(--line);vertical-align:top}
.small th.num,.small td.num{text-align:right;padding-right:0;padding-left:1.4mm}
.small tr{break-inside:avoid}
.small.references td:first-child{width:34mm}
.totals{break-inside:avoid;width:100%;border-collapse:collapse;font-size:8.8pt}
.totals caption{position:absolute;left:-999em}
.totals th{font-weight:400;text-align:left;padding:.7mm 2mm .7mm 3mm;color:var(--soft)}
.totals td{padding:.7mm 3mm .7mm 0}
.pesos{font-size:7.4pt;color:var(--soft)}
.totals tr:has(+.payable)>*{padding-bottom:1.6mm}
.totals .payable>*{color:#fff;font-weight:700;font-size:11.5pt;padding-top:1.8mm;
padding-bottom:1.8mm}
.totals .en{display:block;line-height:1.1;font-size:7.6pt}
.totals .payable{background:var(--color)}
.totals .payable .pesos{color:#fff;font-size:8.4pt}
.totals .payable .en{color:#fff}
.words{margin-bottom:3.5mm;padding:1.8mm 3mm;border-left:3px solid var(--color);background:var(--tint);
break-inside:avoid}
.words b{font-weight:600}
.part{margin-top:4mm}
.notes p{break-inside:avoid}
.software{color:var(--soft);font-size:6.8pt;margin-top:.8mm}
.foot{display:flex;gap:2mm;align-items:center;margin-top:3mm;padding-top:1mm;border-top:1px solid var(--line)}
.foot .qr{width:26mm;height:26mm;flex:none}
.foot .text{min-width:0;font-size:7.2pt;line-height:1.3}
.foot .key{font-size:7.6pt}
.foot .url{font-size:6.6pt;color:var(--soft)}
@media print{.paper{max-width:none;margin:0;padding:0;box-shadow:none}.sheet{height:253mm}
.sheet>*>tr>td{vertical-align:top}.sheet>tfoot{height:1px}}
@media screen and (max-width:46em){
.paper{margin:0;padding:5mm 4mm}
header,.from{flex-direction:column;gap:3mm}
.title{width:auto;text-align:left}
.cards{display:block}
.card{margin-top:2.6mm}
.full dl{grid-template-columns:fit-content(40%) 1fr}
.sums{grid-template-columns:1fr}
.lines,.lines tbody,.lines tr,.lines td{display:block;width:auto}
.lines thead{position:absolute;left:-999em}
.lines tr{border-bottom:2px solid var(--line);padding:2mm 0}
.lines td,.lines .code,.lines .n{border:0;padding:.4mm 0;width:auto}
.lines td[data-label]{display:flex;justify-content:space-between;gap:4mm;text-align:right}
.lines td[data-label]::before{content:attr(data-label);color:var(--soft);text-align:left}
.lines td.what{font-weight:600}
.lines td.what .more{font-weight:400}
.foot{align-items:flex-start}
}
"""

_ROLL = """
@page{size:80mm 297mm;margin:4mm 4mm 6mm}
body{font-size:8.4pt;line-height:1.34}
.paper{width:80mm;max-width:100%;margin:16px auto;padding:4mm;background:#fff;box-shadow:0 2px 14px rgba(20,30,45,.16)}
header{text-align:center}
.from{display:block}
.logo{max-width:44mm;max-height:22mm;margin-bottom:2mm}
.who .name{font-size:11pt;font-weight:700;line-height:1.2}
.who .plain,.who .held{font-size:7.8pt}
.title{margin-top:2.4mm;padding:1.6mm 0;border-top:1px solid var(--ink);border-bottom:1px solid var(--ink)}
.title h1{font-size:9pt;font-weight:700;line-height:1.25}
.title h1 .en{display:block;font-size:7.6pt}
.title .number{font-size:12pt;font-weight:700;overflow-wrap:anywhere}
.notice{display:block;font-size:7.8pt;font-weight:700;border:1px solid var(--ink);margin-top:1mm;padding:.4mm}
.card,.part,.small,.words{margin-top:2.4mm}
h2,.small caption{font-size:7.8pt;font-weight:700;text-align:left;border-bottom:1px dashed var(--ink);
padding-bottom:.3mm;margin-bottom:.6mm}
.small caption{margin-bottom:0}
.card .name{font-weight:700;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:fit-content(42%) 1fr;column-gap:2mm;font-size:7.8pt}
dt{color:var(--ink)}
dd{text-align:right}
.items{margin-top:2.4mm;border-top:1px solid var(--ink);border-bottom:1px solid var(--ink)}
.items li{padding:1mm 0;border-bottom:1px dotted var(--soft);break-inside:avoid}
.items li:last-child{border-bottom:0}
.items .what{font-weight:600}
.items .row{display:flex;flex-wrap:wrap;justify-content:space-between;column-gap:2mm}
.items .row .num{margin-left:auto;font-weight:600}
.more,.items .code{font-size:7.4pt}
.small{width:100%;border-collapse:collapse;font-size:7.6pt}
.small th{text-align:left;font-weight:600;padding:.3mm 1mm .3mm 0;vertical-align:bottom}
.small td{padding:.3mm 1mm .3mm 0;vertical-align:top}
.small .num{padding-right:0;padding-left:1mm;text-align:right}
.totals{width:100%;border-collapse:collapse;margin-top:2.4mm;break-inside:avoid}
.totals caption{position:absolute;left:-999em}
.totals th{text-align:left;font-weight:400;padding:.3mm 0}
.pesos{font-size:7.4pt}
.totals .en{display:block;font-size:7.4pt;line-height:1.1}
.references td{display:block}
.totals .payable>*{font-size:11pt;font-weight:700;border-top:1px solid var(--ink);border-bottom:1px solid var(--ink);
padding:1mm 0}
.words b{display:block;font-weight:700}
.software{margin-top:2.4mm;font-size:7pt;text-align:center}
.card,.small tr{break-inside:avoid}
.card.full{break-inside:auto}
.foot{margin-top:2.4mm;padding-top:1.6mm;border-top:1px dashed var(--ink);text-align:center;break-inside:avoid}
.foot .qr{width:38mm;height:38mm;margin:0 auto}
.foot .text{font-size:6.6pt;line-height:1.25}
.foot .url{font-size:6pt}
@media print{.paper{width:auto;margin:0;padding:0;box-shadow:none}}
"""

_STYLES = {Paper.LETTER: _LETTER, Paper.ROLL_80: _ROLL}


def style_sheet(content: Content, theme: Theme) -> str:
    """Return the whole style sheet of a document: colours, the paper's rules, and what stands in the page's margin."""
    line, tint = mixed(theme.color, 0.82), mixed(theme.color, 0.945)
    root = f":root{{--color:{theme.color};--ink:{theme.text};--soft:{theme.soft};--line:{line};--tint:{tint}}}"
    return f"{root}{_SHARED}{_STYLES[theme.paper]}{_margins(content, theme)}"


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
