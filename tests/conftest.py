"""What every test may ask for by name, and how runs by one marker are collected."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from dian_fe import Customer, Issuer, Organization
from dian_fe.testing import Simulator
from tests.support import company

_OF_WHOLE_MODULES = ("oldest", "between")
"""Markers that stand in ``pytestmark`` alone."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave unmarked modules unread in a run by one of these markers: they may import what is not installed there."""
    chosen = config.option.markexpr
    if chosen not in _OF_WHOLE_MODULES or not collection_path.name.startswith("test_"):
        return None
    return True if f"pytest.mark.{chosen}" not in collection_path.read_text(encoding="utf-8") else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect without Python's collector, which afterwards leaves alone what was collected: it lives till the end."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


@pytest.fixture
def now() -> datetime:
    """Return the moment of the tests' documents: 2 March 2026, 10:15 in Bogotá."""
    return company.NOW


@pytest.fixture
def shop() -> Organization:
    """Return the company that issues."""
    return company.SHOP


@pytest.fixture
def buyer() -> Customer:
    """Return the person that buys."""
    return company.BUYER


@pytest.fixture
def issuer() -> Issuer:
    """Return the company with the annex's numbering and a software."""
    return company.ISSUER


@pytest.fixture
def dian() -> Simulator:
    """Return a simulator of this test's own."""
    return Simulator(seed=7)
