"""The verbs about DIAN's rules: rules, explain."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from .main import YES, emit, say

if TYPE_CHECKING:
    from ..rules import CodeInfo


def add_verbs(verbs: Any) -> None:
    """Add the verbs to the parser."""
    from ..rules.book import books

    verb = verbs.add_parser("rules", help="lista los códigos de la DIAN: implementados o pendientes, con la razón")
    verb.add_argument(
        "--kind", choices=tuple(kind for book in books() for kind in book.kinds), help="solo los de esta clase"
    )
    verb.add_argument("--pending", action="store_true", help="solo los que nadie revisa todavía")
    verb.add_argument("--json", action="store_true", help="resultado en JSON")
    verb.set_defaults(run=run_rules)

    verb = verbs.add_parser("explain", help="qué significa un código y qué hacer")
    verb.add_argument("code", metavar="CODE", help="de la DIAN, como ZB01, o de la librería, como edited")
    verb.add_argument("--json", action="store_true", help="resultado en JSON")
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
        emit([_row(info) for info in known])
        return YES
    for info in known:
        severity = info.severity.value if info.severity else "sin severidad"
        certainty = info.certainty.label if info.certainty else ""
        say(f"{info.code:<8} {severity:<13} {certainty:<10} {info.status.label:<24} {info.message or info.reason}")
    done = sum(info.implemented for info in known)
    say(f"{len(known)} códigos: {done} implementados, {len(known) - done} pendientes")
    return YES


def _row(info: CodeInfo) -> dict[str, Any]:
    return {
        "code": info.code,
        "kinds": list(info.kinds),
        "severity": info.severity.value if info.severity else None,
        "certainty": info.certainty.value if info.certainty else None,
        "certainty_reason": info.certainty_reason or None,
        "implemented": info.implemented,
        "status": info.status.value,
        "reason": info.reason or None,
        "since": info.since,
        "until": info.until,
    }


def run_explain(options: argparse.Namespace) -> int:
    """Explain one code; one that no source knows is refused."""
    from ..rules import explain

    info = explain(options.code.strip())
    if options.json:
        emit(info.as_dict())
    else:
        _print(info)
    return YES


def _print(info: CodeInfo) -> None:
    from ..rules.explaining import UNKNOWN

    say(f"{info.heading}: {info.message or UNKNOWN}")
    for label, text in info.told():
        if text:
            say(f"  {label}: {text}")
