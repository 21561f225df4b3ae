"""The text of a party is kept for as long as the party lives: an issuer is the same object in all its documents.

Hashing a model costs more than writing it, so that parties are told apart by identity.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from weakref import ref

if TYPE_CHECKING:
    from .compile import Writer
    from .control import Control


def kept(writer: Writer, control_fields: Sequence[str]) -> Writer:
    """Give a writer that writes each model once; ``control_fields`` are those of `Control` that its text depends on.

    For models without amounts: their text does not depend on the currency.
    """
    known: dict[int, tuple[ref[Any], Any, str]] = {}
    pick = itemgetter(*control_fields) if control_fields else len  # of a Control's fields, which are always as many

    def write(model: Any, control: Control, currency: str) -> str:
        identity, detail = id(model), pick(control.__dict__)
        entry = known.get(identity)
        # An identity is used again once its object is gone: the reference tells.
        if entry is not None and entry[1] == detail and entry[0]() is model:
            return entry[2]
        text = writer(model, control, currency)
        known[identity] = (ref(model, lambda _: known.pop(identity, None)), detail, text)
        return text

    return write
