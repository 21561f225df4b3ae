"""What the search of the built manual looks in: rule codes and topics by name, guides before the API.

The site's search wants every word of a query, looks at titles before menus and texts, and breaks ties by the order of
its items. `improve` gives it items with the titles that people type.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from html import escape
from pathlib import Path
from posixpath import normpath
from typing import Any

from lxml import html

TOPICS = "indice.html"
"""The page of topics: what it says of one leads on, so a hit leads where its link does."""
ORDER = ("index.html", "guias/", "referencia/reglas.html", "referencia/", "cuadernos/", TOPICS, "cambios.html", "api/")
"""What comes first among equally good hits."""

Item = dict[str, Any]


def place_of(item: Item) -> int:
    """Return where an item's page is in `ORDER`."""
    return next((place for place, start in enumerate(ORDER) if item["location"].startswith(start)), len(ORDER))


def rows(folder: Path, page: str) -> Iterator[tuple[str, Item]]:
    """Yield an item for every row of a page's tables that has a name of its own (an ``id`` in its first cell).

    Before it, where the section is in which it stands.
    """
    section = page
    title = ""
    for element in html.parse(str(folder / page)).getroot().xpath(".//article//*[self::h1 or self::h2 or self::tr]"):
        if element.tag != "tr":
            title = " ".join("".join(element.xpath("text()|*[not(@class='headerlink')]//text()")).split())
            section = f"{page}#{element.get('id')}"
            continue
        cells = [" ".join(" ".join(cell.itertext()).split()) for cell in element.iterfind("td")]
        for anchor in element.xpath("td[1]//a[@id]/@id"):
            name, *rest = cells[0].split()
            text = ". ".join(cell.rstrip(".") for cell in (*cells[1:], *rest))
            yield section, item_of(f"{page}#{anchor}", name, text, [name, title])


def item_of(location: str, title: str, text: str, path: list[str]) -> Item:
    """Return an item as the builder writes them."""
    return {
        "location": location,
        "level": 2,
        "title": title,
        "text": f"<p>{escape(text)}</p>",
        "path": path,
        "tags": [],
    }


def plain(text: str) -> str:
    """Return a text without capitals and accents, as the search compares."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))


def topics(folder: Path, items: dict[str, Item]) -> Iterator[Item]:
    """Yield an item for every name of a topic and every place that its row links to.

    Where the place's own title begins with the name, it is the place's own item (``items``, by location), once.
    """
    for row in html.parse(str(folder / TOPICS)).getroot().iterfind(".//article//tr"):
        cells = row.findall("td")
        for name in " ".join(cells[0].text_content().split()).split(", ") if cells else ():
            for link in cells[1].iterfind(".//a"):
                said, location = " ".join(link.text_content().split()), normpath(link.get("href"))
                own = items.get(location)
                if own is not None and plain(own["title"]).startswith(plain(name)):
                    own["path"] = [name, *own["path"]]
                    yield items.pop(location)
                else:
                    yield item_of(location, name, "", [name, said])


def improve(folder: Path) -> None:
    """Rewrite the search index of the site in ``folder``."""
    target = folder / "search.json"
    index = json.loads(target.read_text(encoding="utf-8"))
    pages: dict[str, Item] = {}
    kept: dict[str, Item] = {}
    for item in index["items"]:
        page = item["location"].partition("#")[0]
        first = pages.setdefault(page, item)
        if item is not first and first["title"] == item["title"] and str(item["level"]) == "1":
            first["text"] += item["text"]  # the page's own heading is the page
        else:
            kept[item["location"]] = item
    found: list[Item] = []
    for page in pages:
        for section, row in rows(folder, page):
            found.append(row)
            if section in kept:
                kept[section]["text"] = ""  # its rows are found by themselves
    kept[TOPICS]["text"] = ""
    named = list(topics(folder, kept))
    index["items"] = [*named, *sorted([*kept.values(), *found], key=place_of)]
    target.write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
