"""Findings and causes that the library names itself are explained as DIAN's codes are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import dian_fe
from dian_fe import errors, explain
from dian_fe._cli.main import main
from dian_fe.rules import Status
from dian_fe.rules.facts import library_words
from dian_fe.verifying import Cause

MAKERS = {"fault", "Fault", "finding", "_finding", "_fault"}


def named_in_source() -> set[str]:
    """Find the lower-case codes that findings are made with, outside the simulator."""
    found = set()
    for path in Path(dian_fe.__file__).parent.rglob("*.py"):
        if "testing" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS:
                given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "code")]
                found |= {
                    each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    return {code for code in found if re.fullmatch("[a-z0-9_]+", code)}


def test_every_code_of_the_library_is_explained() -> None:
    assert len(named_in_source()) > 30
    assert named_in_source() | {cause.value for cause in Cause} <= set(library_words())
    for code in library_words():
        info = explain(code)
        assert info.status is Status.LIBRARY
        assert info.message.endswith(".")
        assert info.hint.endswith((".", ").", ")"))


def test_causes_are_explained_by_name() -> None:
    info = explain(" Indented_After_Signing ")
    assert info.code == Cause.INDENTED_AFTER_SIGNING
    assert "espacios" in info.message
    assert info.as_dict()["hint"] == info.hint
    assert explain("ze02").status is Status.VERIFY


@pytest.mark.parametrize(("code", "near"), [("indented_after_sining", "indented_after_signing"), ("FAD6", "FAD06")])
def test_unknown_codes_name_near_ones(code: str, near: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(errors.UnknownCode) as caught:
        explain(code)
    assert near in (caught.value.remedy or "")
    assert main(["explain", code]) == 2
    assert near in capsys.readouterr().err


def test_the_command_line_explains_causes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "edited"]) == 0
    assert capsys.readouterr().out.startswith("edited (de la librería): El contenido se editó")
