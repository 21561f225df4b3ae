"""`check` of real documents that DIAN accepted, held against what DIAN said of each (kept beside the project)."""

import csv
from functools import cache
from pathlib import Path

import pytest

from dian_fe import check, read
from dian_fe.faults import Severity
from tests.support.shared import shared_dir

FOLDER = None if shared_dir() is None else Path(str(shared_dir())) / "judged"
ONLY_THE_REGISTER_KNOWS = {"FAJ43b", "FAJ44b", "FAK43b", "FAK44b"}
OF_THE_SIGNATURE = ("DC", "DB", "ZE", "ZD")
"""The signatures were taken out of the documents."""

pytestmark = pytest.mark.skipif(FOLDER is None or not FOLDER.is_dir(), reason="the documents are not here")


@cache
def verdicts() -> list[tuple[set[str], set[str], set[str] | None]]:
    """Return what rejects each document here, DIAN's codes found here, and those that DIAN found (None: unknown)."""
    assert FOLDER is not None
    found = []
    with (FOLDER / "answers.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            report = check(read((FOLDER / f"{row['file']}.xml").read_bytes()).document)
            faults = [fault for fault in report if not fault.code.startswith(OF_THE_SIGNATURE)]
            refused = {fault.code for fault in faults if fault.severity is Severity.RECHAZO}
            told = {fault.code for fault in faults if fault.code[0].isupper()} - ONLY_THE_REGISTER_KNOWS
            said = None if row["notified"] == "?" else {*row["notified"].split()} - {"-"} - ONLY_THE_REGISTER_KNOWS
            found.append((refused, told, said))
    return found


def test_no_accepted_document_is_rejected() -> None:
    assert len(verdicts()) == 91
    assert [refused for refused, _, _ in verdicts() if refused] == []


def test_what_is_told_is_what_dian_told() -> None:
    judged = [(told, said) for _, told, said in verdicts() if said is not None]
    right = sum(len(told & said) for told, said in judged)
    told_here, told_there = sum(len(told) for told, _ in judged), sum(len(said) for _, said in judged)
    assert len(judged) == 69
    assert right >= 0.95 * told_here
    assert right >= 0.90 * told_there
    assert sum(told == said for told, said in judged) >= 62
