"""The option ``--at``."""

from __future__ import annotations

from datetime import UTC, datetime

from ..errors import InvalidInput


def moment_of(text: str | None) -> datetime:
    """Take the moment of ``--at``, in Colombian time: now, when it is not given.

    Raises ``InvalidInput`` and ``NaiveDatetime`` for what says none.
    """
    from ..models._base import to_bogota

    try:
        return to_bogota(datetime.now(UTC) if text is None else text)
    except InvalidInput as error:
        error.at("--at")
        raise
