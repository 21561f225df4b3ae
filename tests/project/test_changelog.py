"""The changelog speaks of the version that the package has, in the form that it promises."""

from __future__ import annotations

import re

import pytest

import dian_fe
from tests.support.repository import read

pytestmark = pytest.mark.project

VERSION = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2}|Unreleased)$", re.MULTILINE)
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_newest_version_is_that_of_the_package() -> None:
    versions = VERSION.findall(read("CHANGELOG.md"))
    assert versions
    assert versions[0][0] == dian_fe.__version__


def test_versions_go_down_and_only_the_newest_may_be_unreleased() -> None:
    versions = VERSION.findall(read("CHANGELOG.md"))
    numbers = [tuple(map(int, number.split("."))) for number, _ in versions]
    assert numbers == sorted(set(numbers), reverse=True)
    assert all(date != "Unreleased" for _, date in versions[1:])


def test_headings_are_those_of_keep_a_changelog() -> None:
    text = read("CHANGELOG.md")
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= KINDS
    assert len(re.findall(r"^## ", text, re.MULTILINE)) == len(VERSION.findall(text))


def test_entries_name_the_norm() -> None:
    assert re.search(r"annex 1\.9", read("CHANGELOG.md"))
    assert "Resolución DIAN 000165 of 2023" in read("CHANGELOG.md")
