"""DIAN's answer lines («Regla: FAU14, Rechazo: …») as the same faults that the local rules give."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress

from .._arguments import checked
from .._text import fold
from ..errors import UnknownCode
from ..faults import Fault, Severity
from .explaining import CodeInfo, explain
from .facts import Status

_LINE = re.compile(
    r"\s*(?:reglas?\b\s*[:.\-–]?\s*)?(?P<code>[A-Za-z]{2,4}\d{2,3}[A-Za-z]?|[A-Za-z]{2}\d[A-Za-z]?|\d{2,3}(?!\d))?"
    r"\s*[,;:.\-–]?\s*(?:(?P<severity>rechazo|rechazado|notificaci[oó]n|notificado)\b\s*[:,;.\-–]?\s*)?(?P<message>.*)",
    re.IGNORECASE | re.DOTALL,
)
UNCODED = "dian"
"""Code of an answer in which DIAN names no rule."""


@checked
def parse_line(text: str) -> Fault:
    """Read one line of DIAN's answer; missing parts are taken from the facts of the code.

    Case, accents, whitespace and separators may differ. A line without a code gets the code ``dian``, one without a
    severity that of the code (a rejection when the code is not known, as DIAN always names notifications).
    """
    match = _LINE.fullmatch(text)
    assert match is not None  # every part of the pattern is optional
    code, word, message = match["code"] or "", fold(match["severity"] or ""), match["message"].strip()
    info = CodeInfo(code or UNCODED, (), None, "", "", "", Status.UNKNOWN)
    if code:
        with suppress(UnknownCode):
            info = explain(code)
    if word:
        severity = Severity.NOTIFICACION if word.startswith("notific") else Severity.RECHAZO
    else:
        severity = info.severity or Severity.RECHAZO
    said = message or info.message or text.strip()
    return Fault(info.code, severity, said, path=info.path, xpath=info.xpath, hint=info.hint, source="dian")


@checked
def parse_lines(lines: Iterable[str]) -> list[Fault]:
    """Read the lines of an answer; blank lines are skipped."""
    return [parse_line(line) for line in lines if line.strip()]
