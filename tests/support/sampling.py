"""Large counts in parts: the ordinary run takes some of them, ``-m long`` the others."""

from __future__ import annotations

from typing import Any

import pytest


def some_of(parts: int, *, one_in: int) -> list[Any]:
    """Return the numbers of the parts as parameters: the first and every ``one_in``-th after it, the others long."""
    return [part if part % one_in == 0 else pytest.param(part, marks=pytest.mark.long) for part in range(parts)]
