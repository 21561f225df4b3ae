"""The texts of DIAN about a test set, and what its silence means."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from ..transport.answers import Status
from .plan import RunState

SILENCE: Final = timedelta(hours=1)
"""A document without verdict for longer was probably lost before it was validated: verdicts take minutes."""
_SET_STATE: Final = re.compile(
    r"Set de pruebas? con identificador (?P<id>\S+) se encuentra (?P<state>Aceptado|Rechazado)\.?", re.IGNORECASE
)
_OF_THE_SET: Final = re.compile(r"set de pruebas?\b.*\bse encuentra\b", re.IGNORECASE | re.DOTALL)


def state_of_set(status: Status | None, test_set_id: str) -> RunState | None:
    """Return the state of the set in a refusal of code 2; None when it does not state one.

    Only the exact sentence about this set counts («Set de prueba con identificador … se encuentra Aceptado.», seen in
    2026; «… Rechazado.» is expected, not seen): «no se encuentra Aceptado» and «Aceptado con errores» confirm nothing.
    """
    if status is None:
        return None
    texts = [" ".join(text.split()) for text in (status.description, status.message, *status.messages)]
    said = {
        match["state"].capitalize()
        for text in texts
        if (match := _SET_STATE.fullmatch(text)) and match["id"].lower() == test_set_id.lower()
    }
    others = any(_OF_THE_SET.search(text) and not _SET_STATE.fullmatch(text) for text in texts)
    if len(said) == 1 and not others:
        return RunState(said.pop())
    return RunState.SIN_CONFIRMAR if any(map(_OF_THE_SET.search, texts)) else None


def silent(number: str, silence: timedelta) -> str:
    """Return the text for a document without verdict: seen when portals counted no document as received."""
    hours = int(silence / timedelta(hours=1))
    return (
        f"Documento {number}: sin confirmar. La DIAN lleva {hours} {'hora' if hours == 1 else 'horas'} sin emitir un "
        "veredicto. «En proceso» no prueba que lo recibiera: pudo caer antes de validarse, por su XML, sus datos o su "
        "nombre de archivo."
    )
