"""The project's own files, as tests look at them."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LOCAL = {"build", "dist", "out", "node_modules"}
"""Folders that setting up and trying out leave in a checkout."""


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the project: what git would keep, or whatever an unpacked archive holds."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
        found = [ROOT / name for name in listing.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not _is_local(path.relative_to(ROOT))]
    return tuple(sorted(path for path in found if path.is_file()))


def _is_local(path: Path) -> bool:
    return any(part in _LOCAL or (part.startswith(".") and part != ".ci") for part in path.parts)


@cache
def texts() -> dict[str, str]:
    """Return the text of every file that is UTF-8, by its path from the root."""
    found = {}
    for path in files():
        data = path.read_bytes()
        if b"\0" in data:
            continue
        try:
            found[path.relative_to(ROOT).as_posix()] = data.decode()
        except UnicodeDecodeError:
            continue
    return found


def read(name: str) -> str:
    """Read a file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")
