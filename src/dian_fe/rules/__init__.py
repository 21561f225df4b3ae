"""What DIAN demands of a document, as rules that run locally: code, place, values found and expected, remedy.

``check(subject)`` runs them, ``explain(code)`` tells what a code means, ``codes()`` lists every code known. Rules know
models only; whoever has XML, keys or an issuer hands them over in the `Subject`. Nothing is read at import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answers import parse_line, parse_lines
    from .engine import NotEvaluated, Report, check
    from .facts import Annex, CodeInfo, Status, codes, codes_at, explain
    from .readiness import readiness
    from .subject import CertificateFacts, Subject

_HOMES = {
    "answers": ("parse_line", "parse_lines"),
    "engine": ("NotEvaluated", "Report", "check"),
    "facts": ("Annex", "CodeInfo", "Status", "codes", "codes_at", "explain"),
    "readiness": ("readiness",),
    "subject": ("CertificateFacts", "Subject"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Annex",
    "CertificateFacts",
    "CodeInfo",
    "NotEvaluated",
    "Report",
    "Status",
    "Subject",
    "check",
    "codes",
    "codes_at",
    "explain",
    "parse_line",
    "parse_lines",
    "readiness",
]


def __getattr__(name: str) -> Any:
    """Load the module of a public name when it is first asked for."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
