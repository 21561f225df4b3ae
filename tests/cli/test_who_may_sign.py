"""``verify`` on the command line: who may sign for another, and at what moment things are judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from dian_fe import Providers
from dian_fe._cli.main import main
from dian_fe.testing.pki import Flaw
from tests.delivery.support import office
from tests.verifying.sealing import sale

pytestmark = pytest.mark.between

PROVIDER, OTHER = "800199436", "900373076"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return an invoice that a provider signed, and the authorities."""
    document, authorities = tmp_path / "fv.xml", tmp_path / "ca.pem"
    document.write_bytes(sale(PROVIDER))
    pki = office().pki
    toys = (pki.root, pki.intermediate, pki.issuing)
    authorities.write_bytes(b"".join(toy.certificate.public_bytes(Encoding.PEM) for toy in toys))
    return document, authorities


def verify(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], *options: object
) -> tuple[int, set[tuple[str, str]]]:
    capsys.readouterr()
    status = main(["verify", str(files[0]), "--trust", str(files[1]), "--json", *map(str, options)])
    return status, set(_faults(json.loads(capsys.readouterr().out)))


def _faults(found: Any) -> Any:
    for value in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from _faults(value)
    if isinstance(found, dict) and {"code", "severity"} <= found.keys():
        yield found["code"], found["severity"]


def test_a_provider_signs_only_when_it_is_named(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    status, faults = verify(files, capsys)
    assert status == 1
    assert not any(code == "signed_by_provider" for code, _ in faults)
    assert verify(files, capsys, "--provider", OTHER)[0] == 1
    for options in (("--provider", PROVIDER), ("--provider", OTHER, "--provider", PROVIDER)):
        status, faults = verify(files, capsys, *options)
        assert status == 0
        assert any(code == "signed_by_provider" for code, _ in faults)


def test_providers_come_from_a_file_too(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "providers.json"
    for nits, more, expected in (((PROVIDER,), (), 0), ((OTHER,), (), 1), ((OTHER,), ("--provider", PROVIDER), 0)):
        kept.write_text(str(Providers(nits).to_json()), encoding="utf-8")
        assert verify(files, capsys, "--providers", kept, *more)[0] == expected


def test_any_certificate_signs_only_when_asked_for(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    status, faults = verify(files, capsys, "--any-certificate-may-sign")
    assert status == 0
    assert any(code == "signed_by_provider" for code, _ in faults)


def test_the_present_moment_can_be_another(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    status, faults = verify(files, capsys, "--provider", PROVIDER, "--at", "2020-01-01T00:00:00-05:00")
    assert status == 1
    assert any(code == "signing_time_in_future" for code, _ in faults)
    assert verify(files, capsys, "--provider", PROVIDER, "--at", "2040-01-01T00:00:00-05:00")[0] == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--provider", "abc"], "NIT"),
        (["--providers", "no-existe.json"], "no existe"),
        (["--at", "ayer"], "--at"),
        (["--at", "2026-01-01T00:00:00"], "zona"),
    ],
)
def test_bad_options_are_told(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    capsys.readouterr()
    assert main(["verify", str(files[0]), *options]) == 2
    assert told in capsys.readouterr().err


def test_revocation_that_was_not_asked_is_told(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, lists = tmp_path / "revoked.xml", tmp_path / "ca.crl"
    document.write_bytes(sale(flaw=Flaw.REVOKED))
    lists.write_bytes(office().pki.crl.public_bytes(Encoding.PEM))
    command = ["verify", str(document), "--trust", str(files[1])]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert "revocación: no se consultó" in told
    assert "la revocación de los certificados no se consultó: indique --crl" in told
    assert main([*command, "--crl", str(lists)]) == 1
    told = capsys.readouterr().out
    assert "revocación: revocado" in told
    assert "no se consultó" not in told
    assert main(["verify", str(document), "--crl", str(lists)]) == 2
