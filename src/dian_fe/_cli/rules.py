"""The verbs about DIAN's rules: rules, explain."""

from __future__ import annotations

import argparse
from typing import Any

from .output import YES, emit, say

_LISTED = (
    *("code", "kinds", "severity", "certainty", "certainty_reason"),
    *("implemented", "status", "reason", "since", "until"),
)


def add_verbs(verbs: Any) -> None:
    """Add the verbs to the parser."""
    from ..rules.book import books

    verb = verbs.add_parser("rules", help="lista los códigos de la DIAN: implementados o pendientes, con la razón")
    verb.add_argument(
        "--kind",
        choices=tuple(kind for book in books() for kind in book.kinds),
        help="solo los de este tipo de documento",
    )
    verb.add_argument("--pending", action="store_true", help="solo los que nadie revisa todavía")
    verb.set_defaults(run=run_rules)

    verb = verbs.add_parser("explain", help="qué significa un código y qué hacer")
    verb.add_argument("code", metavar="CODE", help="de la DIAN, como ZB01, o de la librería, como edited")
    verb.set_defaults(run=run_explain)


def run_rules(options: argparse.Namespace) -> int:
    """List every code known."""
    from ..rules import codes, explain

    known = [explain(code) for code in codes()]
    if options.kind is not None:
        known = [info for info in known if options.kind in info.kinds]
    if options.pending:
        known = [info for info in known if not info.implemented]
    if options.json:
        rows = (info.as_dict() for info in known)
        emit([{name: None if row[name] == "" else row[name] for name in _LISTED} for row in rows])
        return YES
    for info in known:
        severity = info.severity.value if info.severity else "sin severidad"
        certainty = info.certainty.label if info.certainty else ""
        say(f"{info.code:<8} {severity:<13} {certainty:<10} {info.status.label:<24} {info.message or info.reason}")
    done = sum(info.implemented for info in known)
    say(f"{len(known)} códigos: {done} implementados, {len(known) - done} pendientes")
    return YES


def run_explain(options: argparse.Namespace) -> int:
    """Explain one code; refuse a code that no source has."""
    from ..rules.explaining import UNKNOWN, explain

    info = explain(options.code.strip())
    if options.json:
        emit(info.as_dict())
        return YES
    say(f"{info.heading}: {info.message or UNKNOWN}")
    for label, text in info.told():
        if text:
            say(f"  {label}: {text}")
    return YES
