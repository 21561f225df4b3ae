"""Every public callable refuses arguments of wrong types itself, early, with names and a remedy."""

from __future__ import annotations

import asyncio
import enum
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from dian_fe import (
    AsyncClient,
    Client,
    DianFeError,
    Mailbox,
    RetryPolicy,
    SmtpSender,
    Theme,
    build,
    check,
    deliver,
    examine,
    iva,
    pack,
    read,
    readiness,
    render_html,
    resend,
    sign,
)
from dian_fe.catalogs import CodeEnum
from dian_fe.errors import InvalidInput, UnknownArgument
from dian_fe.habilitacion import HabilitacionRun
from dian_fe.testing import Simulator, ToyPki
from dian_fe.transport import HttpTransport, SecurityOptions, Timeouts
from tests.contracts.pitfalls.support import ISSUER, NOW, SHOP, built, invoice
from tests.support.repository import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import gen_api

pytestmark = pytest.mark.between

PKI = ToyPki(3)
SIGNER = PKI.signer(SHOP.nit)


class Foreign:
    """A class of nobody's."""


WRONG = [object(), None, 30, "x", b"x", [object()], Foreign]
MADE_BY_THE_LIBRARY = {
    *("Report", "NotEvaluated", "Subject", "Fault", "Built", "Received", "Signed", "Examination", "Verification"),
    *("Content", "Catalog", "PlaceFinding", "Judge", "Simulator", "HttpTransport", "AsyncHttpTransport"),
    *("Imported", "RowFinding", "Letter", "Summary", "Migrated", "Untaken", "IncomingDraft", "Draft", "Issued"),
    *("JsonLines", "Run", "ReadRun", "FailedPart", "Pace"),
}
"""What the library gives and nobody makes, or what takes only options: nothing wrong is given to them here."""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # what takes a path may write there


def public() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every public function, constructor, class method and static method, as docs/api lists them."""
    for room in gen_api.rooms():
        if room == "errors":
            continue
        for path in gen_api.public_names(room).values():
            value: Any = gen_api.value_of(path)
            if inspect.isfunction(value):
                yield path, value
            elif inspect.isclass(value):
                listed = (issubclass(value, (enum.Enum, tuple, BaseModel)), hasattr(value, "__total__"))
                if not any(listed) and not getattr(value, "_is_protocol", False):
                    yield path, value
                for name, member in vars(value).items() if value is not CodeEnum else ():
                    if not name.startswith("_") and isinstance(member, (classmethod, staticmethod)):
                        yield f"{path}.{name}", getattr(value, name)


CALLABLES = [
    (path, call)
    for path, call in public()
    if any(each.kind is not each.VAR_KEYWORD for each in inspect.signature(call).parameters.values())
]


def called(call: Callable[..., Any], wrong: Any) -> Any:
    """Call with the wrong value for each argument that must be given or has a place."""
    placed, named = [], {}
    for each in inspect.signature(call).parameters.values():
        if each.kind in (each.POSITIONAL_ONLY, each.VAR_POSITIONAL, each.POSITIONAL_OR_KEYWORD):
            placed.append(wrong)
        elif each.kind is each.KEYWORD_ONLY and each.default is each.empty:
            named[each.name] = wrong
    made = call(*placed, **named)
    return asyncio.run(made) if inspect.iscoroutine(made) else made


@pytest.mark.parametrize("wrong", WRONG, ids=["object", "None", "int", "str", "bytes", "list", "class"])
def test_no_public_callable_breaks_in_the_depths(wrong: Any) -> None:
    broken = []
    for path, call in CALLABLES:
        try:
            called(call, wrong)
        except (DianFeError, FileNotFoundError):  # a path that is right and leads nowhere is the system's
            continue
        except Exception as error:
            broken.append(f"{path}({wrong!r}): {type(error).__name__}: {error}")
    assert not broken
    assert len(CALLABLES) > 150


def test_what_is_no_value_of_anything_is_refused_with_a_remedy() -> None:
    silent, poor = [], []
    for path, call in CALLABLES:
        name = path.rpartition(".")[2]
        try:
            called(call, object())
        except DianFeError as error:
            errors = error.errors if isinstance(error, InvalidInput) else (error,)
            poor += [f"{path}: {each}" for each in errors if not (each.place and each.expected and each.remedy)]
        else:
            if name not in MADE_BY_THE_LIBRARY and not name.startswith("Info"):
                silent.append(path)
    assert not silent
    assert not [
        each for each in poor if not each.startswith(("dian_fe.Event.", "dian_fe.HealthUser", "dian_fe.Verified:"))
    ]


ONE_BY_ONE: list[tuple[str, Callable[[], Any], str, str]] = [
    ("timeouts", lambda: Client(signer=SIGNER, environment="2", timeouts=30), "Client(timeouts)", "Timeouts"),  # type: ignore[arg-type]
    ("async", lambda: AsyncClient(signer=SIGNER, environment="2", policy=3), "AsyncClient(policy)", "RetryPolicy"),  # type: ignore[arg-type]
    ("no signer", lambda: Client(signer=None, environment="2"), "Client(signer)", "Pkcs12Signer.load"),  # type: ignore[arg-type]
    ("signer's class", lambda: Client(signer=type(SIGNER), environment="2"), "Client(signer)", "la clase"),  # type: ignore[arg-type]
    ("option", lambda: Client(signer=SIGNER, timeout=3), "Client(timeout)", "¿Quiso decir timeouts?"),  # type: ignore[call-arg]
    ("negative", lambda: Timeouts(connect=-1), "Timeouts(connect)", "segundos"),
    ("nan", lambda: Timeouts(read=float("nan")), "Timeouts(read)", "segundos"),
    ("bool", lambda: Timeouts(total=True), "Timeouts(total)", "un número"),
    ("pauses", lambda: RetryPolicy(polls=(5, -1)), "RetryPolicy(polls[1])", "cero o más segundos"),
    ("text in pauses", lambda: RetryPolicy(slow=("5",)), "RetryPolicy(slow[0])", "un número"),  # type: ignore[arg-type]
    ("sends", lambda: RetryPolicy(sends=0), "RetryPolicy(sends)", "RetryPolicy.once()"),
    ("ttl", lambda: SecurityOptions(ttl=300), "SecurityOptions(ttl)", "timedelta"),  # type: ignore[arg-type]
    ("http", lambda: HttpTransport(timeouts=30), "HttpTransport(timeouts)", "Timeouts"),  # type: ignore[arg-type]
    ("watermark", lambda: Theme(watermark="x"), "Theme(watermark)", "quite el argumento"),  # type: ignore[call-arg]
    ("color", lambda: Theme(color=5), "Theme(color)", "un texto"),  # type: ignore[arg-type]
    ("issuer", lambda: build(invoice(), None), "build(issuer)", "load_issuer"),  # type: ignore[arg-type]
    ("unsigned", lambda: sign(invoice(), SIGNER, at=NOW), "sign(built)", "build("),  # type: ignore[arg-type]
    ("moment", lambda: sign(built(), SIGNER, at="hoy"), "sign(at)", "datetime"),  # type: ignore[arg-type]
    ("path", lambda: read("factura.xml"), "read(data)", "read_bytes()"),  # type: ignore[arg-type]
    ("check", lambda: check(built(), at=5), "check(at)", "datetime"),  # type: ignore[arg-type]
    ("ready", lambda: readiness(ISSUER, [1], at=NOW), "readiness(customers[0])", "Customer"),  # type: ignore[list-item]
    ("pack", lambda: pack(built(), None, SIGNER, at=NOW), "pack(signed)", "sign("),  # type: ignore[arg-type]
    ("html", lambda: render_html(invoice(), theme="azul"), "render_html(theme)", "Theme"),  # type: ignore[arg-type]
    ("trust", lambda: examine(b"<x/>", "raices.pem"), "examine(trust)", "TrustStore.load"),  # type: ignore[arg-type]
    ("mailbox", lambda: Mailbox(address=5), "Mailbox(address)", "un texto"),  # type: ignore[arg-type]
    ("port", lambda: SmtpSender("mail.example.com", "25"), "SmtpSender(port)", "un número entero"),  # type: ignore[arg-type]
    ("run", lambda: HabilitacionRun.plan(ISSUER, 5), "HabilitacionRun.plan(test_set_id)", "GUID"),  # type: ignore[arg-type]
    ("tax", lambda: iva(object()), "iva(percent)", "Decimal"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("name", "make", "place", "words"), ONE_BY_ONE, ids=[case[0] for case in ONE_BY_ONE])
def test_an_argument_is_refused_where_it_is_given(name: str, make: Callable[[], Any], place: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make()
    assert caught.value.place == place
    assert words in str(caught.value)
    assert caught.value.expected
    assert caught.value.remedy


def test_a_package_is_not_sent_without_sender() -> None:
    dian = Simulator(seed=1, rules=False)
    signer, now = dian.signer(SHOP.nit), dian.now()
    dian.register_software(ISSUER.software)
    signed = sign(build(invoice(issued_at=now), ISSUER.replace(resolution=dian.resolution())), signer, at=now)
    package = pack(signed, Client(signer=signer, transport=dian).send(signed), signer, at=now)
    record = deliver(package, sender=lambda *_: None, at=now)
    for make in (
        lambda: resend(package, record, sender=None, at=now),  # type: ignore[arg-type]
        lambda: deliver(package, sender=None, at=now),  # type: ignore[arg-type]
    ):
        with pytest.raises(InvalidInput, match="SmtpSender") as caught:
            make()
        assert caught.value.field == "sender"


def test_one_unsigned_item_stops_the_batch_with_its_position() -> None:
    dian = Simulator(seed=1)
    signer = dian.signer(SHOP.nit)
    unsigned = build(invoice(issued_at=dian.now()), ISSUER.replace(resolution=dian.resolution()))
    signed = sign(unsigned, signer, at=dian.now())
    sent: list[Any] = []
    for items in ([signed, unsigned], iter([signed, unsigned])):
        with pytest.raises(InvalidInput) as caught:
            Client(signer=signer, transport=dian).send_all(items, store=sent.append)  # type: ignore[arg-type]
        assert caught.value.field == "items[1]"
    assert not sent


def test_an_unknown_argument_is_a_type_error_too() -> None:
    with pytest.raises(TypeError) as caught:
        iva(19, basis=3)  # type: ignore[call-arg]
    assert type(caught.value) is UnknownArgument
    assert "base" in str(caught.value)


def test_a_secret_in_the_wrong_place_is_not_shown() -> None:
    with pytest.raises(InvalidInput) as caught:
        Client(signer="s3cr3t", environment="2")  # type: ignore[arg-type]
    assert "s3cr3t" not in str(caught.value)
