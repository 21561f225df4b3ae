"""What every test may ask for by name, and how runs by one marker are collected."""

from __future__ import annotations

from pathlib import Path

import pytest

_OF_WHOLE_MODULES = ("oldest", "between")
"""Markers that stand in ``pytestmark`` alone."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave unmarked modules unread in a run by one of these markers: they may import what is not installed there."""
    chosen = config.option.markexpr
    if chosen not in _OF_WHOLE_MODULES or not collection_path.name.startswith("test_"):
        return None
    return True if f"pytest.mark.{chosen}" not in collection_path.read_text(encoding="utf-8") else None
