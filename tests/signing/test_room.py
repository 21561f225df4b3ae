from __future__ import annotations

import subprocess
import sys

import pytest

import dian_fe.signing as room


@pytest.mark.parametrize("name", room.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(room, name) is not None
    assert name in dir(room)


def test_no_other_name_is_there() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        room.no_such_name  # noqa: B018


def test_importing_the_room_brings_no_cryptography() -> None:
    program = (
        "import sys, dian_fe.signing; print([n for n in ('cryptography', 'lxml', 'pydantic') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_signing_a_pem_or_p12_brings_no_lxml_models_or_urllib() -> None:
    program = (
        "import sys, dian_fe.signing.xades, dian_fe.signing.pkcs12, dian_fe.signing.pem\n"
        "print([n for n in ('lxml', 'pydantic', 'urllib.request', 'signxml') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
