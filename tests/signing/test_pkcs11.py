"""`Pkcs11Signer` on SoftHSM, and on a made-up module for what SoftHSM never does."""

from __future__ import annotations

import shutil
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import SecretStr

from dian_fe import Pkcs11Signer, errors
from dian_fe.signing import Pkcs12Signer, Signer, sign
from dian_fe.signing import token as token_module
from dian_fe.testing.pki import Flaw
from dian_fe.verifying import verify_signature
from tests.signing.support import AT, NIT, PKI, canonical, xmlsec1
from tests.support.softhsm import PIN, SoftHsm, softhsm

pytestmark = pytest.mark.judge

pkcs11 = pytest.importorskip("pkcs11")
OURS, OTHER = PKI.identity(NIT), PKI.identity("900373076")
CHAIN = (OURS.certificate, *OURS.authorities)


def der(*certificates: Any) -> list[bytes]:
    return [certificate.public_bytes(Encoding.DER) for certificate in certificates]


@pytest.fixture(scope="module")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    with softhsm(tmp_path_factory.mktemp("softhsm")) as hsm:
        hsm.token("empresa")
        hsm.key("empresa", OURS)
        hsm.certificates("empresa", *der(OTHER.certificate, *reversed(CHAIN)), b"\x30\x03no")
        hsm.token("sin certificado")
        hsm.key("sin certificado", OURS)
        hsm.token("dos llaves")
        hsm.key("dos llaves", OURS, label="firma", id="01")
        hsm.key("dos llaves", OTHER, label="otra", id="a1b2")
        hsm.token("vacío")
        yield hsm


def test_it_signs_byte_for_byte_as_the_p12_of_the_same_key(hsm: SoftHsm, tmp_path: Path) -> None:
    by_file = Pkcs12Signer.load(OURS.p12("x"), "x")
    with Pkcs11Signer.open(hsm.module, PIN, token_label="empresa") as signer:
        assert isinstance(signer, Signer)
        assert signer.certificate_chain == by_file.certificate_chain == CHAIN
        assert signer.sign(b"datos") == by_file.sign(b"datos")
        result = sign(canonical(), signer, at=AT)
    assert result.xml == sign(canonical(), by_file, at=AT).xml
    assert verify_signature(result.xml, trust=PKI.trust).valid
    path = tmp_path / "firmada.xml"
    path.write_bytes(result.xml)
    assert xmlsec1(path, result.certificate)


def test_a_token_that_does_not_hash_gets_the_digest(tmp_path: Path) -> None:
    with softhsm(tmp_path) as hsm:
        hsm.config.write_text(hsm.config.read_text() + "slots.mechanisms = -CKM_SHA256_RSA_PKCS\n")
        hsm.token("empresa")
        hsm.key("empresa", OURS)
        with Pkcs11Signer.open(hsm.module, PIN, certificates=CHAIN) as signer:
            assert signer.sign(b"datos") == OURS.signer().sign(b"datos")


def test_a_token_that_signs_otherwise_is_refused(tmp_path: Path) -> None:
    with softhsm(tmp_path) as hsm:
        hsm.config.write_text(hsm.config.read_text() + "slots.mechanisms = CKM_SHA256,CKM_RSA_PKCS_KEY_PAIR_GEN\n")
        hsm.token("empresa")
        hsm.key("empresa", OURS)
        with pytest.raises(errors.SigningError, match=r"Se encontró: .*SHA256.*CKM_SHA256_RSA_PKCS"):
            Pkcs11Signer.open(hsm.module, PIN, certificates=CHAIN)


def test_token_and_key_are_found_by_serial_and_id(hsm: SoftHsm) -> None:
    serial = pkcs11.lib(str(hsm.module)).get_token(token_label="dos llaves").serial
    for token_serial, key_id in ((serial, b"\xa1\xb2"), (serial.decode(), "a1:b2"), (serial, "A1B2")):
        with Pkcs11Signer.open(
            str(hsm.module), SecretStr(PIN), token_serial=token_serial, key_id=key_id, certificates=OTHER.certificate
        ) as signer:
            assert signer.sign(b"datos") == OTHER.signer().sign(b"datos")
    with pytest.raises(errors.InvalidInput, match="hexadecimal"):
        Pkcs11Signer.open(hsm.module, PIN, key_id="firma")


def test_given_certificates_complete_those_of_the_token(hsm: SoftHsm, tmp_path: Path) -> None:
    path = tmp_path / "cadena.pem"
    path.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in reversed(CHAIN)))
    with Pkcs11Signer.open(hsm.module, PIN, token_label="sin certificado", certificates=path) as signer:
        assert signer.certificate_chain == CHAIN
    with Pkcs11Signer.open(hsm.module, PIN, token_label="empresa", certificates=OTHER.certificate) as signer:
        assert signer.certificate_chain == CHAIN


def refusal(kind: type[errors.DianFeError], *arguments: Any, **options: Any) -> errors.DianFeError:
    """Return what opening is refused with, having looked that it is of that very type and shows no PIN."""
    with pytest.raises(errors.DianFeError) as caught:
        Pkcs11Signer.open(*arguments, **options)
    assert type(caught.value) is kind
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.as_dict())
    for secret in (PIN, "000111"):
        assert secret not in told
    assert caught.value.field
    assert caught.value.remedy
    return caught.value


def test_every_failure_has_its_type(hsm: SoftHsm, tmp_path: Path) -> None:
    module = hsm.module
    assert "teclado" in str(refusal(errors.WrongPassword, module, token_label="empresa"))
    assert refusal(errors.WrongPassword, module, "000111", token_label="empresa").found == "otro PIN"
    assert "«vacío»" in str(refusal(errors.TokenNotFound, module, PIN, token_label="otra empresa"))
    assert "de serie 7" in str(refusal(errors.TokenNotFound, module, PIN, token_serial="7"))
    assert "«empresa»" in str(refusal(errors.AmbiguousKey, module, PIN))
    assert "«otra» id a1b2" in str(refusal(errors.AmbiguousKey, module, PIN, token_label="dos llaves"))
    assert "llaves privadas" in str(refusal(errors.MissingPrivateKey, module, PIN, token_label="vacío"))
    lost = refusal(errors.MissingPrivateKey, module, PIN, token_label="dos llaves", key_label="ajena", key_id="07")
    assert (lost.expected, lost.found) == ("«ajena» id 07", "«firma» id 01; «otra» id a1b2")
    refusal(errors.KeyDoesNotMatch, module, PIN, token_label="sin certificado")
    refusal(errors.KeyDoesNotMatch, module, PIN, token_label="sin certificado", certificates=OTHER.certificate)
    missing = refusal(errors.NotAKeyStore, tmp_path / "libtoken.so", PIN)
    assert "libtoken.so" in str(missing)
    (tmp_path / "texto.so").write_text("No es un módulo")
    refusal(errors.NotAKeyStore, tmp_path / "texto.so", PIN)


def test_keys_that_dian_does_not_take_are_refused(tmp_path: Path) -> None:
    with softhsm(tmp_path) as hsm:
        hsm.token("curva")
        with hsm.open("curva") as session:
            curve = pkcs11.util.ec.encode_named_curve_parameters("secp256r1")
            parameters = session.create_domain_parameters(
                pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: curve}, local=True
            )
            parameters.generate_keypair(store=True, label="curva")
        assert "EC" in str(refusal(errors.WeakKey, hsm.module, PIN, token_label="curva"))
        weak = PKI.identity(NIT, flaw=Flaw.WEAK)
        hsm.token("corta")
        hsm.key("corta", weak)
        assert "1024" in str(
            refusal(errors.WeakKey, hsm.module, PIN, token_label="corta", certificates=weak.certificate)
        )


def test_a_key_that_wants_the_pin_for_every_signature_gets_it(tmp_path: Path) -> None:
    with softhsm(tmp_path) as hsm:
        hsm.token("estricto")
        numbers = OURS.key.private_numbers()
        values = {
            "MODULUS": numbers.public_numbers.n, "PUBLIC_EXPONENT": numbers.public_numbers.e,
            "PRIVATE_EXPONENT": numbers.d, "PRIME_1": numbers.p, "PRIME_2": numbers.q,
            "EXPONENT_1": numbers.dmp1, "EXPONENT_2": numbers.dmq1, "COEFFICIENT": numbers.iqmp,
        }  # fmt: skip
        with hsm.open("estricto") as session:
            session.create_object(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
                    pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.RSA,
                    pkcs11.Attribute.TOKEN: True,
                    pkcs11.Attribute.PRIVATE: True,
                    pkcs11.Attribute.SIGN: True,
                    pkcs11.Attribute.ALWAYS_AUTHENTICATE: True,
                }
                | {
                    pkcs11.Attribute[name]: value.to_bytes((value.bit_length() + 7) // 8, "big")
                    for name, value in values.items()
                }
            )
        with Pkcs11Signer.open(hsm.module, PIN, certificates=CHAIN) as signer:
            assert [signer.sign(b"datos") for _ in range(2)] == [OURS.signer().sign(b"datos")] * 2


def test_a_closed_signer_signs_nothing_more(hsm: SoftHsm) -> None:
    signer = Pkcs11Signer.open(hsm.module, PIN, token_label="empresa")
    signer.close()
    signer.close()
    with pytest.raises(errors.SigningError, match="cerrado"):
        signer.sign(b"datos")


def test_a_lost_session_is_opened_again(hsm: SoftHsm) -> None:
    expected = OURS.signer().sign(b"datos")
    with Pkcs11Signer.open(hsm.module, PIN, token_label="empresa") as signer:
        for lose in (pkcs11.lib(str(hsm.module)).reinitialize, pkcs11.lib(str(hsm.module)).finalize):
            lose()
            assert signer.sign(b"datos") == expected
        with Pkcs11Signer.open(hsm.module, PIN, token_label="empresa") as second:
            assert second.sign(b"datos") == expected
        assert signer.sign(b"datos") == expected, "closing the other signer logged both out"


def test_a_token_that_is_gone_is_told_and_taken_up_again(tmp_path: Path) -> None:
    with softhsm(tmp_path) as hsm:
        hsm.token("empresa")
        hsm.key("empresa", OURS)
        module = pkcs11.lib(str(hsm.module))
        with Pkcs11Signer.open(hsm.module, PIN, certificates=CHAIN) as signer:
            shutil.move(tmp_path / "tokens", tmp_path / "cajón")
            (tmp_path / "tokens").mkdir()
            module.reinitialize()
            hsm.token("ajeno")
            with pytest.raises(errors.TokenNotFound, match="«ajeno»"):
                signer.sign(b"datos")
            shutil.rmtree(tmp_path / "tokens")
            shutil.move(tmp_path / "cajón", tmp_path / "tokens")
            module.reinitialize()
            assert signer.sign(b"datos") == OURS.signer().sign(b"datos")


def test_a_pin_refused_after_a_loss_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with softhsm(tmp_path) as hsm:
        hsm.token("empresa")
        hsm.key("empresa", OURS)
        signer = Pkcs11Signer.open(hsm.module, PIN, certificates=CHAIN)
        pkcs11.lib(str(hsm.module)).reinitialize()
        with hsm.open("empresa") as session:
            session.set_pin(PIN, "445566")
        tried: list[object] = []
        opened = token_module._login
        monkeypatch.setattr(token_module, "_login", lambda *given: tried.append(given) or opened(*given))
        for _ in range(4):
            with pytest.raises(errors.WrongPassword):
                signer.sign(b"datos")
        assert len(tried) == 1
        with Pkcs11Signer.open(hsm.module, "445566", certificates=CHAIN) as fresh:
            fresh.sign(b"datos")


def test_many_threads_share_a_signer(hsm: SoftHsm) -> None:
    expected = {n: OURS.signer().sign(b"%d" % n) for n in range(40)}
    with (
        Pkcs11Signer.open(hsm.module, PIN, token_label="empresa") as signer,
        Pkcs11Signer.open(hsm.module, PIN, token_label="empresa") as second,
        ThreadPoolExecutor(8) as pool,
    ):
        signers = (signer, second)
        values = pool.map(lambda n: signers[n % 2].sign(b"%d" % n), expected)
        assert dict(zip(expected, values, strict=True)) == expected


def test_nothing_secret_is_shown(hsm: SoftHsm) -> None:
    with Pkcs11Signer.open(hsm.module, PIN, token_label="empresa") as signer:
        held = signer._Pkcs11Signer__token  # type: ignore[attr-defined]
        assert NIT in repr(signer)
        assert PIN not in repr(signer) + repr(held) + str(held.wanted)
        assert not hasattr(signer, "__dict__")


def test_without_the_extra_it_says_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(errors.MissingExtra, match=r"pip install 'python-pkcs11>="):
        Pkcs11Signer.open("libtoken.so", PIN)


# --- what SoftHSM never does ---------------------------------------------------------------------------------------

READY = pkcs11.TokenFlag.TOKEN_INITIALIZED | pkcs11.TokenFlag.LOGIN_REQUIRED | pkcs11.TokenFlag.USER_PIN_INITIALIZED


class MadeUp:
    """A module with one token, whose login and signatures go as told: each an error to raise, or None to go well."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, flags: int = READY) -> None:
        self.logins: list[Exception | None] = []
        self.signatures: list[Exception | None] = []
        self.pins: list[object] = []
        self.unreadable = False
        self.flags = pkcs11.TokenFlag(flags)
        modulus = OURS.key.public_key().public_numbers().n.to_bytes(256, "big")
        self.key = _Key({pkcs11.Attribute.MODULUS: modulus}, self)
        slot = SimpleNamespace(get_mechanisms=lambda: {pkcs11.Mechanism.SHA256_RSA_PKCS})
        slot.get_token = lambda: SimpleNamespace(
            label="lector", serial=b"7", flags=self.flags, slot=slot, open=self.open
        )
        module = SimpleNamespace(get_slots=lambda token_present: [slot])
        library = SimpleNamespace(**vars(pkcs11) | {"lib": lambda path: module})
        monkeypatch.setattr(token_module, "_library", lambda: library)

    def open(self, user_pin: object = None) -> Any:
        self.pins.append(user_pin)
        outcome = self.logins.pop(0) if self.logins else None
        if outcome is not None:
            raise outcome
        return self

    def get_objects(self, template: dict[Any, Any]) -> list[Any]:
        if template[pkcs11.Attribute.CLASS] is pkcs11.ObjectClass.PRIVATE_KEY:
            return [self.key]
        if self.unreadable:
            raise pkcs11.DeviceError
        return []

    def close(self) -> None:
        raise pkcs11.SessionClosed


class _Key(dict[Any, Any]):
    key_type = pkcs11.KeyType.RSA
    label, id = "firma", b"\x01"

    def __init__(self, attributes: dict[Any, Any], owner: MadeUp) -> None:
        super().__init__(attributes)
        self.owner = owner

    def __missing__(self, name: object) -> None:
        raise pkcs11.AttributeTypeInvalid

    def sign(self, data: bytes, mechanism: object, pin: object) -> bytes:
        outcome = self.owner.signatures.pop(0) if self.owner.signatures else None
        if outcome is not None:
            raise outcome
        return OURS.key.sign(data, padding.PKCS1v15(), SHA256())


def test_a_locked_pin_is_no_wrong_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    token = MadeUp(monkeypatch)
    token.logins = [pkcs11.PinLocked()]
    refusal(errors.PinLocked, "modulo.so", PIN)
    token.flags |= pkcs11.TokenFlag.USER_PIN_LOCKED
    refusal(errors.PinLocked, "modulo.so", PIN)
    assert token.pins == [PIN], "a token that says it is locked is asked nothing"


def test_the_last_try_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    token = MadeUp(monkeypatch)
    wrong = pkcs11.PinIncorrect()
    token.logins = [wrong, wrong]
    assert "se bloquea" in str(refusal(errors.WrongPassword, "modulo.so", "000111"))
    token.flags |= pkcs11.TokenFlag.USER_PIN_FINAL_TRY
    assert "un solo intento" in str(refusal(errors.WrongPassword, "modulo.so", "000111"))


@pytest.mark.parametrize("error", [pkcs11.PinExpired, pkcs11.UserPinNotInitialized])
def test_a_pin_to_be_set_is_told(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    MadeUp(monkeypatch).logins = [error()]
    assert "defina el PIN" in str(refusal(errors.WrongPassword, "modulo.so", PIN))


def test_a_pin_may_be_typed_on_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    token = MadeUp(monkeypatch, READY | pkcs11.TokenFlag.PROTECTED_AUTHENTICATION_PATH)
    signer = Pkcs11Signer.open("modulo.so", certificates=CHAIN)
    assert token.pins == [pkcs11.PROTECTED_AUTH]
    token.signatures = [pkcs11.FunctionCancelled()]
    with pytest.raises(errors.SigningError, match="FunctionCancelled"):
        signer.sign(b"datos")
    assert len(token.pins) == 1, "who said no is not asked again"


def test_a_token_that_keeps_failing_is_a_signing_error(monkeypatch: pytest.MonkeyPatch) -> None:
    token = MadeUp(monkeypatch)
    signer = Pkcs11Signer.open("modulo.so", PIN, certificates=CHAIN)
    token.signatures = [pkcs11.DeviceRemoved()]
    assert signer.sign(b"datos") == OURS.signer().sign(b"datos")
    token.signatures = [pkcs11.DeviceError(), pkcs11.DeviceError()]
    with pytest.raises(errors.SigningError, match="DeviceError") as caught:
        signer.sign(b"datos")
    assert isinstance(caught.value.__cause__, pkcs11.DeviceError)
    token.logins = [pkcs11.GeneralError()]
    token.signatures = [pkcs11.DeviceError()]
    with pytest.raises(errors.SigningError, match="GeneralError"):
        signer.sign(b"datos")


def test_a_token_that_fails_while_it_is_read_is_a_signing_error(monkeypatch: pytest.MonkeyPatch) -> None:
    token = MadeUp(monkeypatch)
    token.unreadable = True
    assert "DeviceError" in str(refusal(errors.SigningError, "modulo.so", PIN, certificates=CHAIN))


def test_a_wrong_value_never_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    MadeUp(monkeypatch)
    monkeypatch.setattr(_Key, "sign", lambda *_, **__: bytes(256))
    with pytest.raises(errors.SigningError, match="no verifican"):
        Pkcs11Signer.open("modulo.so", PIN, certificates=CHAIN).sign(b"datos")
