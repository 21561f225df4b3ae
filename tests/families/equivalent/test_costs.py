"""Reading hostile extensions costs no more than they are long, and what they hold is neither lost nor believed."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from dian_fe import build, read
from dian_fe.testing import Simulator
from tests.families.equivalent.documents import PREFIXES, issuer_of, sold

PLACES = {
    "pairs": ("pos_ticket", "</InformacionCajaVenta>", "<Name>N{}</Name><Value>{}</Value>"),
    "names alone": ("pos_ticket", "</InformacionCajaVenta>", "<Name>N{}</Name>"),
    "values alone": ("pos_ticket", "</InformacionCajaVenta>", "<Value>{}</Value>"),
    "groups": ("pos_ticket", "</PuntoVenta>", "<InformacionCajaVenta><Name>N{}</Name></InformacionCajaVenta>"),
    "strangers": ("pos_ticket", "</PuntoVenta>", "<Otro>{}</Otro>"),
    "elements": ("cinema_ticket", "</ShowroomInformation>", "<E{}>x</E{}>"),
    "chairs": ("cinema_ticket", "</DataShow>", "<Otro>{}</Otro>"),
    "services": ("utility_bill", "</Services_SPD>", "<E{}><F/></E{}>"),
    "blocks": ("utility_bill", "</Services_SPD>", "</Services_SPD><Services_SPD><E{}/>"),
}


def spoiled(place: str, times: int) -> bytes:
    """Return a document whose extension has something many times."""
    kind, before, piece = PLACES[place]
    issuer = issuer_of(Simulator())
    xml = build(sold(f"{PREFIXES[kind]}1", issuer, kind), issuer).xml.decode()
    pieces = "".join(piece.format(number, number) for number in range(times))
    return xml.replace(before, f"{pieces}{before}", 1).encode()


def seconds(data: bytes) -> tuple[float, Any]:
    start = process_time()
    received = read(data)
    return process_time() - start, received


@pytest.mark.parametrize("place", PLACES)
def test_reading_costs_what_it_is_long(place: str) -> None:
    few, many = (spoiled(place, times) for times in (1_000, 8_000))
    read(few)
    short = min(seconds(few)[0] for _ in range(3))
    long, received = seconds(many)
    assert long < 30 * short + 0.2
    assert received.document.totals.payable == 238_150
