r"""Text of documents, file names and answers as people see it: invisible characters are escaped.

The author of a document chooses its texts. A line break would start a line that looks like the library's own, a control
character controls the terminal, and a direction mark reverses what follows it. It imports no other package of the
library, so that each can use it. Escapes are those of Python: ``\n``, ``\x9b``, ``\u202e``.
"""

from __future__ import annotations

TYPE_CHECKING = False
"""True for type checkers, like that of ``typing``, which errors need not import."""

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import DataclassInstance

MOST_SHOWN = 100
"""Most values of a list that are shown: a mistake in every line is clear from the first hundred."""
_LONGEST = 2000
_CONTROL, _FORMAT, _SURROGATE = "Cc", "Cf", "Cs"
_ONE_LINE = frozenset({_CONTROL, _FORMAT, _SURROGATE, "Zl", "Zp"})
_NO_TEXT = frozenset({_CONTROL, _SURROGATE})
_BREAKS = "\t\n\r\x85"
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e") | frozenset(map(chr, range(0x2066, 0x2070)))


def shown(value: object) -> str:
    """Return a value's text as one line, with every control and format character and line separator escaped."""
    text = str(value)
    return text if text.isprintable() else _escaped(text, lambda _, kind: kind in _ONE_LINE)  # nearly always printable


def clipped(text: str, longest: int = _LONGEST) -> str:
    """Return the beginning of a long text: a message must not hold a whole file."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def brief(self: DataclassInstance) -> str:
    """Return the ``repr`` of a dataclass, with long lists cut; used as its ``__repr__``."""
    from dataclasses import fields

    told = (f"{each.name}={_brief(getattr(self, each.name))}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(told)})"


def _brief(value: object) -> str:
    if not isinstance(value, (tuple, list)) or len(value) <= MOST_SHOWN:
        return repr(value)
    return f"({', '.join(map(repr, value[:MOST_SHOWN]))}, … y {len(value) - MOST_SHOWN} más)"


def legible(text: str) -> str:
    """Return a text for paper or mail: line breaks and joiners stay, controls and marks of direction are escaped."""
    if text.isprintable():
        return text
    return _escaped(text, lambda each, kind: each in _DIRECTION or (kind in _NO_TEXT and each not in _BREAKS))


def in_json(text: str) -> str:
    r"""Return JSON text with ``\u`` escapes for the characters that JSON allows as they are and `shown` escapes.

    The text is JSON written with ``ensure_ascii=False``: it means the same afterwards.
    """
    if text.isascii() and "\x7f" not in text:
        return text
    return _escaped(text, lambda each, kind: each not in "\n\t\r" and kind in _ONE_LINE, _json_escape)


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _escaped(text: str, hides: Callable[[str, str], bool], escape: Callable[[str], str] = _escape) -> str:
    """Return a text with the characters escaped that ``hides`` is true for, given each and its Unicode category."""
    from unicodedata import category  # of little text

    return "".join(escape(each) if hides(each, category(each)) else each for each in text)


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def unreadable(problem: Exception) -> str:
    """Return what is wrong with a stored text that cannot be loaded, in Spanish."""
    from json import JSONDecodeError  # only a refusal needs it

    if isinstance(problem, KeyError):
        return f"un JSON sin {problem.args[0]!r}"
    if isinstance(problem, JSONDecodeError):
        return f"un texto que no es JSON: línea {problem.lineno}, columna {problem.colno}"
    if isinstance(problem, RecursionError):
        return "un JSON con demasiados niveles"
    return f"un valor que no sirve ({problem})"[:200]
