"""The texts of errors, which each package of the library keeps in its ``texts.tsv``."""

from __future__ import annotations

TYPE_CHECKING = False
"""True for type checkers, like that of ``typing``: code that only catches errors does not wait for that import."""

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = ("key", "message", "found", "expected", "remedy")
_FILES: dict[str, dict[str, tuple[str, ...]]] = {}


def filed(folder: str) -> dict[str, tuple[str, ...]]:
    """Return message, found, expected and remedy by key, from the ``texts.tsv`` of a folder such as ``signing``."""
    if folder not in _FILES:
        from importlib.resources import files

        path = files("dian_fe").joinpath(*folder.split("."), "texts.tsv")
        head, *rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
        if tuple(head) != COLUMNS:
            raise ValueError(f"{path}: columns {head}, not {COLUMNS}")
        _FILES[folder] = {key: tuple(words) for key, *words in rows}
    return _FILES[folder]


def texts(key: str, values: Mapping[str, object]) -> dict[str, str]:
    """Return the texts that ``folder.name`` has (message, found, expected, remedy), with placeholders filled."""
    folder, _, name = key.rpartition(".")
    filled = zip(COLUMNS[1:], (words.format_map(values) for words in filed(folder)[name]), strict=True)
    return {column: words for column, words in filled if words}
