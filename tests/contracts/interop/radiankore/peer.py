"""radiankore, led to a server on this machine: a line of JSON for each request in, one for each answer out.

Runs under a Python that has radiankore, and knows nothing of the library. The first line says where the server is, what
wsa:To shall be, and who signs; each other one names a method, its arguments, and the moment at which it is called.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from base64 import b64decode, b64encode
from datetime import date, datetime, time
from enum import Enum
from typing import Any

import radiankore.client
from radiankore import DianClient, Environment
from radiankore._soap import envelope, transport
from radiankore.catalogs import (
    DocumentType,
    EventType,
    IdentificationType,
    InvoiceClaimReason,
    OrganizationType,
)
from radiankore.models.events import (
    InvoiceEventDocumentReference,
    InvoiceEventParty,
    InvoiceEventPerson,
    InvoiceResponseEvent,
    RadianSoftware,
)


class Clock(datetime):
    """The moment that the caller names, wherever radiankore asks for the present one."""

    moment: datetime

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return cls.moment.astimezone(tz)


def plain(value: Any) -> Any:
    """Make JSON of a result."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def party(given: dict[str, str]) -> InvoiceEventParty:
    return InvoiceEventParty(
        name=given["name"], tax_number=given["nit"], verification_digit=given["digit"],
        identification_type=IdentificationType.NIT, organization_type=OrganizationType.LEGAL_PERSON,
    )  # fmt: skip


def event(given: dict[str, Any]) -> InvoiceResponseEvent:
    when = datetime.fromisoformat(given["at"])
    values: dict[str, Any] = {}
    if given["code"] in ("030", "032"):
        values["issuer_person"] = InvoiceEventPerson(
            identification_number="1020304050", identification_type=IdentificationType.CITIZENSHIP_CARD,
            first_name="Ana María", family_name="Pérez",
        )  # fmt: skip
    if given["code"] == "031":
        values["claim_reason"] = InvoiceClaimReason(given["reason"])
    if given["code"] == "034":
        values["notes"] = (given["note"],)
    else:
        values["receiver_party"] = party(given["receiver"])
    return InvoiceResponseEvent(
        code=EventType(given["code"]), event_number=given["number"],
        issue_date=date(when.year, when.month, when.day), issue_time=time.fromisoformat(when.timetz().isoformat()),
        sender_party=party(given["sender"]),
        document_reference=InvoiceEventDocumentReference(
            document_number=given["invoice"], uuid=given["cufe"], document_type=DocumentType.SALES_INVOICE
        ),
        **values,
    )  # fmt: skip


def main() -> None:
    given = json.loads(sys.stdin.readline())
    Environment.endpoint = property(lambda self: given["url"])
    Environment.addressing_to = property(lambda self: given["to"])
    radiankore.client.datetime = envelope.datetime = Clock
    download = transport.SoapTransport.get
    # What it downloads is served by the same server, which speaks plain HTTP.
    transport.SoapTransport.get = lambda self, url: download(self, url.replace("https://", "http://", 1))
    clients = {
        nit: DianClient.from_pfx(b64decode(pfx), password="secreta", environment=Environment.HABILITATION)
        for nit, pfx in given["keys"].items()
    }
    software = RadianSoftware(**given["software"])
    for line in sys.stdin:
        step = json.loads(line)
        Clock.moment = datetime.fromisoformat(step["at"])
        client = clients[step["nit"]]
        arguments = step["arguments"]
        try:
            if step["method"] == "send":
                prepared = client.prepare_radian_event(event=event(arguments), software=software)
                answer = {"cude": prepared.cude, "result": plain(client.send_radian_event(prepared))}
            else:
                if "identification_type" in arguments:
                    arguments["identification_type"] = IdentificationType(arguments["identification_type"])
                answer = {"result": plain(getattr(client, step["method"])(**arguments))}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
