"""Put the generated pages into the menu of the manual (``mkdocs.yml``), in the order of their own indexes.

    python scripts/gen_menu.py

Guides are put there by hand, where they belong; the pages that scripts write come and go with the code.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MENU = ROOT / "mkdocs.yml"
FOLDERS = ("referencia", "api")


def listed(folder: str) -> list[str]:
    """Return the pages of a folder: its index, then what that links to."""
    index = (ROOT / "docs" / folder / "index.md").read_text(encoding="utf-8")
    links = dict.fromkeys(re.findall(r"^(?:-|##) \[.*?\]\(([\w-]+\.md)\)", index, re.MULTILINE))
    return ["index.md", *links]


def with_pages(menu: str, folder: str) -> str:
    """Replace the lines of a folder's pages."""
    lines = "".join(f"      - {folder}/{name}\n" for name in listed(folder))
    return re.sub(rf"(?:^ +- {folder}/[\w-]+\.md\n)+", lines, menu, count=1, flags=re.MULTILINE)


if __name__ == "__main__":
    text = MENU.read_text(encoding="utf-8")
    for each in FOLDERS:
        text = with_pages(text, each)
    MENU.write_text(text, encoding="utf-8", newline="\n")
