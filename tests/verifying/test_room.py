from __future__ import annotations

import subprocess
import sys

import dian_fe
import dian_fe.verifying as room
from tests.signing.support import canonical
from tests.verifying.foreign import Foreign


def test_the_names_that_the_package_has_too_are_the_same() -> None:
    shared = set(room.__all__) & set(dian_fe.__all__)
    assert {"Examination", "Providers", "TrustStore", "Verification", "Verified", "examine", "verify"} == shared
    assert all(getattr(room, name) is getattr(dian_fe, name) for name in shared)
    assert set(dir(room)) == set(room.__all__)


def test_importing_the_room_brings_no_dependency() -> None:
    program = (
        "import sys, dian_fe.verifying; print([n for n in ('cryptography', 'lxml', 'pydantic') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_valid_signature_loads_nothing_of_forensics() -> None:
    program = """if True:
        import sys
        from dian_fe.verifying import examine, verify_signature

        def loaded():
            return any(name.startswith("dian_fe.verifying.forensics") for name in sys.modules)

        data = sys.stdin.buffer.read()
        broken = data.replace(b"SETP1", b"SETP2")
        assert verify_signature(data).valid and examine(data).verification.signature.valid
        assert not verify_signature(broken, explain=False).valid
        assert not loaded()
        assert verify_signature(broken).causes
        assert loaded()
    """
    data = Foreign().sign(canonical().xml)
    subprocess.run([sys.executable, "-c", program], input=data, check=True)


def test_signing_does_not_load_what_verifies() -> None:
    program = (
        "import sys, dian_fe.signing.documents; print([n for n in sys.modules if n.startswith('dian_fe.verifying')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
