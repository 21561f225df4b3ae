"""A line of DIAN's answers as a fault: ``Regla: FAD06, Rechazo: …``, ``FAJ43b: …``, or free text."""

from __future__ import annotations

import re

from ..faults import Fault, Severity

_LINE = re.compile(
    r"(?:Regla\s*:\s*)?(?P<code>[A-Z]{2,5}\d{1,3}[a-z]?|\d{1,3})\s*[,:]\s*"
    r"(?:(?P<severity>Rechazo|Notificaci[oó]n)\s*:\s*)?(?P<text>.*)",
    re.IGNORECASE | re.DOTALL,
)


def parse_line(line: str) -> Fault:
    """Read a line, whatever its form; without a known one it is a rejection of code ``dian`` with the whole text."""
    text = " ".join(line.split())
    match = _LINE.fullmatch(text)
    if match is None:
        return Fault("dian", Severity.RECHAZO, text, source="dian")
    notice = (match["severity"] or "").lower().startswith("notif")
    severity = Severity.NOTIFICACION if notice else Severity.RECHAZO
    return Fault(match["code"], severity, match["text"] or text, source="dian")
