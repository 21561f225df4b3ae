"""``demo --kind``: one random document of each kind that can be issued, and what came of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dian_fe import read
from dian_fe._cli.main import main
from dian_fe.families.registry import kind as kind_named
from dian_fe.testing.samples import issuable
from dian_fe.ubl.keys import KindKeys
from dian_fe.verifying.signature.verification import verify_signature

pytestmark = pytest.mark.between

SEEDS = (1, 2, 5)


def demo(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    capsys.readouterr()
    status = main(["demo", *arguments, "--json"])
    out = capsys.readouterr().out
    return status, json.loads(out) if out.strip() else None


def test_every_kind_that_is_issued_has_a_demo() -> None:
    assert {"invoice", "credit_note", "debit_note", "event"} <= set(issuable())


def test_a_moment_for_a_random_document_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moment = "2026-03-02T10:00:00-05:00"
    status = main(["demo", "--kind", "pos_ticket", "--out", str(tmp_path), "--at", moment])
    assert (status, [*tmp_path.iterdir()]) == (2, [])
    assert moment in capsys.readouterr().err


@pytest.mark.parametrize("kind", issuable())
@pytest.mark.parametrize("seed", SEEDS)
def test_it_leaves_what_was_signed_answered_and_drawn(
    kind: str, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = demo(capsys, "--kind", kind, "--seed", str(seed), "--out", str(tmp_path))
    assert (status, told["kind"], told["accepted"]) == (0, kind, True)
    signed = Path(told["signed"]).read_bytes()
    received = read(signed)
    assert received.kind.name == kind
    assert verify_signature(signed).signature.valid
    computed = KindKeys(kind_named(kind)).key(
        received.document, secret=told["secret"], environment=received.control.environment or ""
    )
    assert computed == received.key
    assert read(Path(told["answer"]).read_bytes()).document.accepted
    drawn = kind_named(kind).family.presentation is not None
    assert (told["pdf"] is not None) == drawn
    if drawn:
        assert Path(told["pdf"]).read_bytes().startswith(b"%PDF")


def test_the_same_seed_gives_the_same_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (demo(capsys, "--kind", "debit_note", "--out", str(tmp_path / name))[1] for name in ("a", "b"))
    assert Path(first["signed"]).read_bytes() == Path(second["signed"]).read_bytes()


@pytest.mark.parametrize("arguments", [("--kind", "zip", "--out", "x"), ("--kind", "invoice")])
def test_what_cannot_be_shown_is_refused(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert demo(capsys, *arguments)[0] == 2
