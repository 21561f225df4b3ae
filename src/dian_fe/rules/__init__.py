"""What DIAN demands of a document, as rules that run locally: code, place, values found and expected, remedy.

``check(subject)`` runs them, ``explain(code)`` tells what a code means, ``codes()`` lists every code known. Rules know
models only; whoever has XML, keys or an issuer hands them over in the `Subject`. Nothing is read at import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy

if TYPE_CHECKING:
    from .answers import parse_line, parse_lines
    from .engine import check
    from .explaining import CodeInfo, explain
    from .facts import Annex, Status, codes
    from .places import codes_at
    from .report import ALL_RULES, NotEvaluated, Report
    from .subject import CertificateFacts, Subject

_HOMES = {
    "answers": ("parse_line", "parse_lines"),
    "engine": ("check",),
    "report": ("ALL_RULES", "NotEvaluated", "Report"),
    "explaining": ("CodeInfo", "explain"),
    "facts": ("Annex", "Status", "codes"),
    "places": ("codes_at",),
    "subject": ("CertificateFacts", "Subject"),
}

if not TYPE_CHECKING:  # a checker would take any name from a module that has __getattr__
    __getattr__, __dir__ = lazy(__name__, _HOMES)

__all__ = [
    "ALL_RULES",
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
]
