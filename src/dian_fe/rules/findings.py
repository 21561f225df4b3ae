"""Findings in the words of their code: DIAN's, or one of the library's own (``data/library.tsv``)."""

from __future__ import annotations

from ..faults import Fault, Severity
from .facts import Words, library_words, words


def finding(
    code: str,
    *,
    path: str = "",
    xpath: str = "",
    message: str | None = None,
    hint: str | None = None,
    found: object = None,
    expected: object = None,
    notify: bool = False,
    source: str = "local",
) -> Fault:
    """Make a finding: a rejection unless ``notify``, which under a code of the library's own is advice.

    ``message`` and ``hint`` are given where more can be said here than the code's own words say; codes of other
    families have none here (``AAC03``, ``NIE001``), so that their findings need a message.
    """
    said = words().get(code) or library_words().get(code)
    if said is None:
        if message is None:
            raise KeyError(code)
        said = Words(message, "")
    return Fault(
        code=code,
        severity=(Severity.CONSEJO if code.islower() else Severity.NOTIFICACION) if notify else Severity.RECHAZO,
        message=said.message if message is None else message,
        path=path,
        xpath=xpath,
        hint=said.hint if hint is None else hint,
        expected=None if expected is None else str(expected),
        found=None if found is None else str(found),
        source=source,
    )
