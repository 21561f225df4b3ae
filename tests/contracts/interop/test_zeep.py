"""zeep, a SOAP client that knows nothing of us, loads the simulator's WSDL and calls it, sealed by xmlsec1."""

from __future__ import annotations

import subprocess
import warnings
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dian_fe.signing.certificates import der
from dian_fe.testing import Simulator, SimulatorServer
from dian_fe.transport.archive import pack_zip
from dian_fe.transport.wsse import WSA, WSSE, WSU
from tests.contracts.interop.support import needs_xmlsec1
from tests.transport.support import NIT, signed

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    zeep = pytest.importorskip("zeep")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.judge,
    needs_xmlsec1,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

DS = "http://www.w3.org/2000/09/xmldsig#"
SECURITY = """\
<wsse:Security xmlns:wsse="{wsse}" xmlns:wsu="{wsu}">
  <wsu:Timestamp wsu:Id="ts"><wsu:Created>{created}</wsu:Created><wsu:Expires>{expires}</wsu:Expires></wsu:Timestamp>
  <wsse:BinarySecurityToken wsu:Id="token" EncodingType="{b64}" ValueType="{x509}">{token}</wsse:BinarySecurityToken>
  <ds:Signature xmlns:ds="{ds}"><ds:SignedInfo>
    <ds:CanonicalizationMethod Algorithm="{c14n}"/>
    <ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
    <ds:Reference URI="#{part}"><ds:Transforms><ds:Transform Algorithm="{c14n}"/></ds:Transforms>
      <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference>
  </ds:SignedInfo><ds:SignatureValue/>
  <ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI="#token" ValueType="{x509}"/>
  </wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>
</wsse:Security>"""
_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def lax() -> list[str]:
    """Since 1.3 xmlsec1 wants to be told that the key given is the one to use, whatever KeyInfo says."""
    version = subprocess.run(["xmlsec1", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    return ["--lax-key-search"] if version.split(".")[:2] >= ["1", "3"] else []


class Seal:
    """A zeep plugin that has xmlsec1 sign ``wsa:To`` (or another part) with a toy key."""

    def __init__(self, dian: Simulator, folder: Path, *, part: str = "to", seal: bool = True) -> None:
        identity = dian.pki.identity(NIT)
        self.key = folder / "key.pem"
        self.key.write_bytes(identity.pem())
        self.token = b64encode(der(identity.certificate)).decode()
        self.folder = folder
        self.part = part
        self.seal = seal

    def apply(self, envelope: Any, headers: dict[str, str]) -> tuple[Any, dict[str, str]]:
        if not self.seal:
            return envelope, headers
        now = datetime.now(UTC)
        security = SECURITY.format(
            wsse=WSSE, wsu=WSU, ds=DS, token=self.token, part=self.part, c14n="http://www.w3.org/2001/10/xml-exc-c14n#",
            b64=f"{_PROFILE}soap-message-security-1.0#Base64Binary", x509=f"{_PROFILE}x509-token-profile-1.0#X509v3",
            created=written(now), expires=written(now + timedelta(minutes=5)),
        )  # fmt: skip
        header = envelope.find("{*}Header")
        header.find(f"{{{WSA}}}To").set(f"{{{WSU}}}Id", "to")
        header.insert(0, etree.fromstring(security))
        plain, sealed = self.folder / "plain.xml", self.folder / "sealed.xml"
        plain.write_bytes(etree.tostring(envelope))
        run = subprocess.run(
            ["xmlsec1", "--sign", *lax(), "--privkey-pem", self.key, "--output", sealed,
             "--id-attr:Id", f"{WSA}:To", "--id-attr:Id", f"{WSU}:Timestamp", plain],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        return etree.fromstring(sealed.read_bytes()), headers

    def verify(self, envelope: Any) -> None:
        """Answers carry no signature."""


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Simulator, str]]:
    dian = Simulator(seed=7)
    with SimulatorServer(dian) as server:
        yield dian, server.url


def service(served: tuple[Simulator, str], folder: Path, **options: Any) -> Any:
    dian, url = served
    return zeep.Client(f"{url}?wsdl", wsse=Seal(dian, folder, **options)).service


def test_zeep_loads_the_wsdl_and_does_the_main_operations(served: tuple[Simulator, str], tmp_path: Path) -> None:
    dian, _ = served
    calls = service(served, tmp_path)
    document = signed(dian)
    unknown = calls.GetStatus(trackId=document.key)
    assert (unknown.StatusCode, unknown.IsValid) == ("66", False)
    sent = calls.SendBillSync(fileName=document.zip_name, contentFile=pack_zip({document.file_name: document.xml}))
    assert (sent.StatusCode, sent.IsValid, sent.XmlDocumentKey) == ("00", True, document.key)
    assert sent.XmlBase64Bytes == dian.accepted[document.key].application_response
    known = calls.GetStatus(trackId=document.key)
    assert known.StatusCode == "00"
    ranges = calls.GetNumberingRange(NIT, NIT, dian.software.id)
    assert [row.Prefix for row in ranges.ResponseList.NumberRangeResponse] == ["SETP"]


@pytest.mark.parametrize("options", [{"seal": False}, {"part": "ts"}], ids=["unsigned", "wsa:To not signed"])
def test_seals_against_the_policy_get_the_fault_of_wcf(
    options: dict[str, Any], served: tuple[Simulator, str], tmp_path: Path
) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service(served, tmp_path, **options).GetStatus(trackId="0" * 96)
    fault = caught.value
    assert fault.message == "An error occurred when verifying security for the message."
    assert [code.localname for code in fault.subcodes] == ["InvalidSecurity"]
    assert fault.code == "s:Sender"
