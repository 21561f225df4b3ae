"""Forms of signatures tried by hand: judged as xmlsec1 and Apache Santuario do, or refused by their name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from dian_fe.verifying import SecondOpinion, Verification, verify_signature
from tests.contracts.interop.support import needs_wss4j, needs_xmlsec1
from tests.verifying.forms import sign_template
from tests.verifying.judges import santuario_says, xmlsec1_says
from tests.verifying.odd_forms import DIFFER, FORM, HOLD, REFUSED, WRONG

pytestmark = [pytest.mark.slow, pytest.mark.judge]


def said(verification: Verification) -> str:
    """Return why a signature is refused: what was found, and the codes of the profile."""
    texts = [fault.found for fault in verification.signature.faults]
    return " | ".join(filter(None, [*texts, *(fault.code for fault in verification.profile if fault.rejects)]))


def judged(make: Iterable[Callable[[], bytes]], folder: Path) -> list[tuple[Verification, bool, bool]]:
    """Have xmlsec1 sign each, and return our verdict, its own and Santuario's."""
    paths = []
    for number, template in enumerate(make):
        paths.append(folder / f"{number}.xml")
        paths[-1].write_bytes(sign_template(template(), folder))
    ours = (verify_signature(path.read_bytes()) for path in paths)
    theirs = (each == "valid" for each in santuario_says(paths))
    return list(zip(ours, xmlsec1_says(paths), theirs, strict=True))


@needs_xmlsec1
@needs_wss4j
def test_what_both_judges_believe_is_valid_or_refused_by_name(tmp_path: Path) -> None:
    made = HOLD | {name: make for name, (make, _) in (FORM | REFUSED).items()}
    verdicts = dict(zip(made, judged(made.values(), tmp_path), strict=True))
    assert [name for name, (_, xmlsec1, santuario) in verdicts.items() if not (xmlsec1 and santuario)] == []
    for name in HOLD:
        assert verdicts[name][0].signature.valid, (name, said(verdicts[name][0]))
    for name, (_, code) in FORM.items():
        assert verdicts[name][0].signature.valid, (name, said(verdicts[name][0]))
        assert code in said(verdicts[name][0]), name
    for name, (_, why) in REFUSED.items():
        assert not verdicts[name][0].signature.valid, name
        assert why in said(verdicts[name][0]), name


@needs_xmlsec1
@needs_wss4j
def test_where_the_judges_differ_none_is_believed(tmp_path: Path) -> None:
    verdicts = judged([make for make, _ in DIFFER.values()], tmp_path)
    for (verification, xmlsec1, santuario), (_, why) in zip(verdicts, DIFFER.values(), strict=True):
        assert (xmlsec1, santuario) == (True, False)
        assert not verification.signature.valid
        assert why in said(verification)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused_by_its_name(name: str) -> None:
    make, why = WRONG[name]
    verification = verify_signature(make())
    assert not verification.signature.valid
    assert why in said(verification)


@needs_xmlsec1
@pytest.mark.parametrize("name", ["comments asked for, one in the document", "exclusive, an empty list"])
def test_signxml_is_not_asked_what_it_does_not_know(name: str, tmp_path: Path) -> None:
    signed = sign_template(HOLD[name](), tmp_path)
    assert verify_signature(signed).signature.second_opinion is SecondOpinion.NOT_ASKED
