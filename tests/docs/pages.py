"""The pages of the manual and the code blocks in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.support.repository import ROOT

DOCS = ROOT / "docs"
GENERATED = ("referencia", "api")
"""Folders that scripts write."""
FENCE = re.compile(
    r'^(?P<mark>```+)(?P<language>\w*)(?: title="(?P<title>[^"]+)")?[ \t]*\n(?P<text>.*?)^(?P=mark)[ \t]*$',
    re.DOTALL | re.MULTILINE,
)
LANGUAGES = {"python", "sh", "json", "xml", "text"}


@dataclass(frozen=True)
class Block:
    """A fenced block: ``line`` is that of its first line of content, from 1; ``title`` the file it stands for."""

    language: str
    title: str | None
    text: str
    line: int


def guides() -> list[Path]:
    """Return the pages that people wrote."""
    return sorted(
        path for path in DOCS.rglob("*.md") if path.relative_to(DOCS).parts[0] not in GENERATED and path.is_file()
    )


def name_of(path: Path) -> str:
    """Return a page's name from the folder of the manual."""
    return path.relative_to(DOCS).as_posix()


def blocks_of(path: Path) -> list[Block]:
    """Return the blocks of a page in their order."""
    text = path.read_text(encoding="utf-8")
    return [
        Block(found["language"], found["title"], found["text"], text.count("\n", 0, found.start("text")) + 1)
        for found in FENCE.finditer(text)
    ]


def prose_of(path: Path) -> str:
    """Return a page without its blocks, comments, inline code and addresses of links."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]*`", "", text)
    return re.sub(r"\]\([^)]*\)", "]", text)


def shows(printed: str, shown: str) -> bool:
    """True if what was printed is what a page shows; «…» stands for anything, also for whole lines."""
    pattern = ".*?".join(map(re.escape, _plain(shown).split("…")))
    return re.fullmatch(pattern, _plain(printed), re.DOTALL) is not None


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
