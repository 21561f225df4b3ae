"""GetNumberingRange's rows as resolutions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dian_fe import build
from dian_fe.errors import MissingTechnicalKey, NoNumbering
from dian_fe.models.resolution import Resolution
from dian_fe.testing import Simulator
from dian_fe.transport.answers import RangeRow, Ranges
from dian_fe.transport.numbering import resolutions_of

from .support import NIT, client, invoice, issuer

ROW = RangeRow("18760000001", "2019-01-19", "SETP", 990000000, 995000000, "2019-01-19", "2030-01-19", "fc8e")


def given(*rows: RangeRow, code: str = "100", description: str = "OK") -> list[Resolution]:
    return resolutions_of(Ranges(code, description, rows))


def test_several_prefixes_of_one_resolution_are_several_ranges() -> None:
    found = given(ROW, replace(ROW, prefix="FE", first=1, last=100), ROW)
    assert [(each.authorization, each.prefix) for each in found] == [("18760000001", "SETP"), ("18760000001", "FE")]
    assert (found[0].valid_from, found[0].valid_to) == (date(2019, 1, 19), date(2030, 1, 19))


def test_a_date_with_time_and_an_empty_prefix_are_taken() -> None:
    (found,) = given(replace(ROW, valid_from="2019-01-19T00:00:00", prefix=""))
    assert (found.valid_from, found.prefix) == (date(2019, 1, 19), "")


def test_a_range_without_key_comes_without_and_is_told_when_it_is_needed() -> None:
    (found,) = given(replace(ROW, technical_key=""))
    assert found.technical_key is None
    dian = Simulator(seed=7)
    with pytest.raises(MissingTechnicalKey, match="clave técnica"):
        build(invoice(), issuer(dian, resolution=found))


def test_a_bad_row_does_not_hide_the_others() -> None:
    assert [each.prefix for each in given(replace(ROW, valid_to="ayer"), replace(ROW, prefix="FE"))] == ["FE"]
    with pytest.raises(NoNumbering, match="SETP"):
        given(replace(ROW, first=None))


def test_none_is_told_with_dians_words() -> None:
    with pytest.raises(NoNumbering, match="asocie los prefijos") as caught:
        given(code="301", description="El NIT no tiene rangos")
    assert caught.value.found == "301 El NIT no tiene rangos"


def test_f16_the_answer_is_ready_for_an_issuer_and_the_key_is_no_secret_shown() -> None:
    dian = Simulator(seed=7)
    hidden = dian.resolution("FE")
    dian.withhold(hidden)
    with client(dian) as ws:
        (resolution,) = ws.numbering(NIT, dian.software.id)
        assert build(invoice(), issuer(dian, resolution=resolution)).key == build(invoice(), issuer(dian)).key
        assert resolution.key() not in repr(resolution)
        with pytest.raises(NoNumbering, match="100"):
            ws.numbering(NIT, "00000000-0000-0000-0000-000000000000")
    assert "fc8e" not in repr(ROW)
