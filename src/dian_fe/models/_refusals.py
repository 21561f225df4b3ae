"""What a refused value is told as: pydantic's errors in the library's own types and in Spanish."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from .. import errors
from .._xmlchars import FORBIDDEN
from ..errors import InvalidInput

ALPHANUMERIC = r"^[0-9A-Za-z]*$"
"""Pattern of prefixes: letters and digits only."""
THREE_DIGITS = r"^[0-9]{3}$"
"""Pattern of a provider's code in file names."""
SINGLE = f"^[^;{FORBIDDEN}]*$"
"""Pattern of the codes that XML joins with semicolons."""

_MESSAGES: dict[str, tuple[type[InvalidInput], str, str]] = {
    "missing": (InvalidInput, "falta este dato.", "indique un valor."),
    "extra_forbidden": (InvalidInput, "este campo no existe.", "revise el nombre del campo."),
    "string_too_short": (InvalidInput, "el texto está vacío.", "omita el campo o escriba un texto."),
    "string_too_long": (InvalidInput, "el texto es más largo de lo admitido.", "acorte el texto."),
    "string_pattern_mismatch": (InvalidInput, "el texto no tiene la forma esperada.", "corrija el texto."),
    "string_unicode": (
        errors.ForbiddenCharacter,
        "el texto no es Unicode válido (sustituto suelto).",
        "corrija la codificación del texto en su origen.",
    ),
    "string_type": (InvalidInput, "se esperaba un texto.", "escriba el valor entre comillas."),
    "too_short": (InvalidInput, "el dato está vacío.", "indique un valor."),
}
_CONTROL_CHARACTER = (
    errors.ForbiddenCharacter,
    "el texto tiene un carácter de control que XML no admite.",
    "quite los caracteres de control (por ejemplo \\x00 o \\x0b).",
)
_OTHER = (InvalidInput, "el valor no sirve para este dato.", "corrija el valor.")
_EXPECTED = {
    "missing": "un valor",
    "extra_forbidden": "un campo del modelo",
    "string_too_short": "un texto que no esté vacío",
    "string_too_long": "hasta {max_length} caracteres",
    "string_unicode": "texto Unicode válido",
    "too_short": "al menos {min_length}",
    "greater_than_equal": "{ge} o más",
    "less_than_equal": "{le} o menos",
}
"""What was expected, by the kind of pydantic's error; the braces hold what it knows of the constraint."""
_SHAPES = {
    "bool": "true o false",
    "date": "una fecha, por ejemplo 2026-03-02",
    "datetime": "una fecha y hora con zona, por ejemplo 2026-03-02T10:15:00-05:00",
    "dict": "un objeto con sus campos",
    "int": "un número entero",
    "model": "un objeto con sus campos",
    "string": "un texto",
    "tuple": "una lista",
}
"""The same for whole families of errors, by the first word of their kind."""
_PATTERNS = {
    ALPHANUMERIC: "solo letras y dígitos, sin espacios ni signos",
    THREE_DIGITS: "tres dígitos",
    SINGLE: "un código por elemento, sin punto y coma",
}
_OR_TEXT = "constrained-str"
"""How pydantic calls a text among the alternatives of a field."""
_SECRET_FIELDS = frozenset({"pin", "technical_key", "password"})
"""Fields whose value no message may show."""


def _loc_text(loc: tuple[int | str, ...]) -> str:
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
        elif not part.startswith(("_", "function-", "tuple[", "lax-or-strict")):
            text += f".{part}" if text else part
    return text


def _typed(detail: Mapping[str, Any]) -> InvalidInput:
    """Give the typed error for one of pydantic's error details."""
    place = _loc_text(detail["loc"])
    inner = detail.get("ctx", {}).get("error")
    if isinstance(inner, errors.DianFeError):
        inner.at(place)
        if isinstance(inner, InvalidInput):
            return inner
        return InvalidInput(inner.message, field=inner.field, found=inner.found, expected=inner.expected)
    kind = detail["type"]
    cls, message, remedy = _MESSAGES.get(kind, _OTHER)
    expected = _expected(kind, detail.get("ctx", {}))
    if kind == "string_pattern_mismatch" and _PATTERNS.get(detail["ctx"]["pattern"]) is None:
        cls, message, remedy = _CONTROL_CHARACTER
        expected = "texto sin caracteres de control"
    return cls(message, field=place or None, found=_found(detail), expected=expected or detail["msg"], remedy=remedy)


def _expected(kind: str, constraint: Mapping[str, Any]) -> str | None:
    if kind in _EXPECTED:
        return _EXPECTED[kind].format_map(constraint)
    named = constraint.get("expected") or _PATTERNS.get(constraint.get("pattern", ""))
    return named or _SHAPES.get(kind.partition("_")[0])


def _found(detail: Mapping[str, Any]) -> str | None:
    """Show what was given, shortened; never a secret."""
    if detail["type"] == "missing" or not _SECRET_FIELDS.isdisjoint(map(str, detail["loc"])):
        return None
    if detail["type"] == "extra_forbidden":
        return str(detail["loc"][-1])  # its value may be a secret under a mistyped name
    value = detail.get("input")
    if isinstance(value, BaseModel):
        return type(value).__name__
    if isinstance(value, str) and (control := re.search(f"[{FORBIDDEN}]", value)):
        return f"{value[max(0, control.start() - 10) : control.start() + 10]!r}, posición {control.start()}"
    written = repr(value)
    return written if len(written) <= 60 else f"{written[:57]}…"


def translate(error: ValidationError) -> InvalidInput:
    """Turn pydantic's error into ours: the single problem itself, or one error that lists them all."""
    found: list[InvalidInput] = []
    details = error.errors(include_url=False)
    for detail in details:
        if detail["type"] == "default_factory_not_called":  # it tells nothing that the missing datum does not
            continue
        if detail["loc"][-1:] == (_OR_TEXT,) and isinstance(detail["input"], dict) and len(details) > 1:
            continue  # where a model or a text is taken, what is wrong with the model has been told
        typed = _typed(detail)
        if len(typed.errors) > 1:
            found.extend(typed.errors)
        else:
            found.append(typed)
    if len(found) == 1:
        return found[0]
    kinds = {type(item) for item in found}
    kind = kinds.pop() if len(kinds) == 1 else InvalidInput
    return kind(
        f"{error.title}: {len(found)} datos no sirven: " + " | ".join(str(item) for item in found), errors=found
    )
