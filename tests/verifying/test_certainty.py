"""How sure the findings of verification are, and whose they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dian_fe
from dian_fe import Certainty, Severity, check, read, verify
from dian_fe.rules.certainty import certainty_of
from dian_fe.signing.certificates import check_owner, self_issued
from dian_fe.testing import ToyPki
from dian_fe.testing.pki import Flaw
from dian_fe.verifying import RevocationVerdict, verify_signature
from dian_fe.verifying.signature import profile
from dian_fe.verifying.verdicts import fault
from tests.delivery.support import AT, office
from tests.verifying.sealing import sale
from tests.verifying.support import TRUST

SOURCE = Path(dian_fe.__file__).parent
CODES = sorted(
    {
        code
        for path in (SOURCE / "verifying").rglob("*.py")
        for code in re.findall(r'"((?:DC|Z[A-E])\d\d)"', path.read_text())
    }
    | {row.code for rows in profile._ROWS.values() for row in rows}
    | {"FAC03", "CAC03", "DAC03", "AAC03", "FAD09e", "CAD09e"}
)


@pytest.mark.parametrize("code", CODES)
def test_a_code_of_dian_is_as_sure_as_its_evidence(code: str) -> None:
    found = fault(code, "Falta algo.")
    assert found.rejects
    assert found.stops is (certainty_of(code) is Certainty.CONFIRMADA)


def test_lacks_of_the_profile_stop_nothing_before_dian_does() -> None:
    signed = sale()
    start, end = signed.index(b"<xades:SigningTime"), signed.index(b"<xades:SigningCertificate")
    lacking = check(read(signed[:start] + signed[end:]))
    assert {found.code for found in lacking.rejected} >= {"ZE02"}
    assert {found.code for found in lacking.may_reject} >= {"DC24"}


def test_what_the_library_advises_is_no_notification_of_dian() -> None:
    nameless, own = ToyPki(7).identity("700085371", flaw=Flaw.NO_NIT), ToyPki(7).root
    for found in (check_owner(nameless.certificate, "700085371"), self_issued(own.certificate)):
        assert found is not None
        assert found.severity is Severity.CONSEJO


def test_revocation_says_whether_it_was_asked() -> None:
    good, gone = sale(), sale(flaw=Flaw.REVOKED)
    revocation = office().pki.revocation
    assert verify(good, TRUST, at=AT).revocation is RevocationVerdict.NOT_ASKED
    assert verify_signature(gone, trust=TRUST).trust.revocation is RevocationVerdict.NOT_ASKED
    assert verify_signature(gone, trust=TRUST, revocation=revocation).trust.revocation is RevocationVerdict.REVOKED
    assert verify(good, TRUST, at=AT, revocation=revocation).revocation is RevocationVerdict.GOOD
    assert verify(good, TRUST, at=AT, revocation=[]).revocation is RevocationVerdict.UNKNOWN
    assert "no se consultó" in verify(good, TRUST, at=AT)._repr_html_()
    assert "no se consultó" in verify_signature(good)._repr_html_()
