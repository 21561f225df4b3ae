"""Findings with the message of their code: DIAN's, or one of the library's own (``data/library.tsv``)."""

from __future__ import annotations

from ..families.registry import kinds
from ..faults import Certainty, Fault, Severity
from .certainty import certainty_of
from .facts import Words, library_words, words


def coded_fault(
    code: str,
    message: str | None = None,
    *,
    path: str = "",
    xpath: str = "",
    hint: str | None = None,
    found: object = None,
    expected: object = None,
    notify: bool = False,
    source: str = "local",
) -> Fault:
    """Make a finding: a rejection unless ``notify``, which under a code of the library's own is advice.

    Certainty is that of DIAN's code by its evidence, and likely at least: these findings are wrong by XMLDSig, RFC 5280
    or the order of events, even if only one weak source names DIAN's code. Findings under the library's own codes are
    confirmed. ``message`` and ``hint`` are passed where they can say more than the code's texts; codes of other
    families have no texts here (``AAC03``, ``NIE001``), so that their findings need a message.
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
        certainty=_certainty(code),
    )


def _certainty(code: str) -> Certainty:
    of_key = any(kind.codes.get("key") == code for kind in kinds())  # arithmetic, whatever is known of the code
    if code.islower() or of_key:
        return Certainty.CONFIRMADA
    known = certainty_of(code)
    return Certainty.PROBABLE if known is Certainty.DUDOSA else known
