"""GetNumberingRange's rows as resolutions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dian_fe import build
from dian_fe.errors import MissingTechnicalKey, NoNumbering, PrefixNotAssociated
from dian_fe.models.resolution import Resolution
from dian_fe.testing import Simulator
from dian_fe.testing.judge import TEST_KEY
from dian_fe.transport.answers import RangeRow, Ranges
from dian_fe.transport.numbering import resolutions_of
from tests.support.company import issuer_at
from tests.transport.support import NIT, client, invoice

ROW = RangeRow("18760000001", "2019-01-19", "SETP", 990000000, 995000000, "2019-01-19", "2030-01-19", TEST_KEY)


def given(*rows: RangeRow, code: str = "100", description: str = "OK", prefix: str | None = None) -> list[Resolution]:
    return resolutions_of(Ranges(code, description, rows), prefix)


def test_several_prefixes_of_one_resolution_are_several_ranges() -> None:
    found = given(ROW, replace(ROW, prefix="FE", first=1, last=100), ROW)
    assert [(each.authorization, each.prefix) for each in found] == [("18760000001", "SETP"), ("18760000001", "FE")]
    assert (found[0].valid_from, found[0].valid_to) == (date(2019, 1, 19), date(2030, 1, 19))


def test_a_date_with_time_and_an_empty_prefix_are_taken() -> None:
    (found,) = given(replace(ROW, valid_from="2019-01-19T00:00:00", prefix=""))
    assert (found.valid_from, found.prefix) == (date(2019, 1, 19), "")


def test_a_range_without_key_is_told_when_the_key_is_needed() -> None:
    (found,) = given(replace(ROW, technical_key=""))
    assert found.technical_key is None
    dian = Simulator(seed=7)
    with pytest.raises(MissingTechnicalKey, match="clave técnica"):
        build(invoice(), issuer_at(dian, resolution=found))


def test_a_bad_row_does_not_hide_the_others() -> None:
    with pytest.warns(UserWarning, match="el rango SETP .* no se puede usar"):
        found = given(replace(ROW, valid_to="ayer"), replace(ROW, prefix="FE"))
    assert [each.prefix for each in found] == ["FE"]
    with pytest.raises(NoNumbering, match="SETP"):
        given(replace(ROW, first=None))


def test_a_key_of_another_form_leaves_the_range_without_key() -> None:
    """What DIAN gives is not lost: the range comes, and what it lacks is told without showing the key."""
    with pytest.warns(UserWarning, match="va sin clave") as warned:
        (found,) = given(replace(ROW, technical_key="F" * 40))
    assert found.technical_key is None
    assert "FFFF" not in str(warned[0].message)


FE, NC = replace(ROW, prefix="FE", first=1, last=100), replace(ROW, prefix="", first=1, last=100)


def test_the_range_of_a_prefix_is_found_among_others() -> None:
    assert [each.prefix for each in given(ROW, FE, NC, prefix="FE")] == ["FE"]
    assert [each.prefix for each in given(ROW, FE, NC, prefix="")] == [""]
    renewed = replace(FE, resolution="18764000000002", first=101, last=200)
    assert [each.range_from for each in given(ROW, FE, renewed, prefix="FE")] == [1, 101]


@pytest.mark.parametrize(
    ("asked", "remedy"), [("FV", "asócielo al software"), ("fe", "escriba el prefijo"), ("FE ", "escriba el prefijo")]
)
def test_a_prefix_that_is_not_there_names_those_that_are(asked: str, remedy: str) -> None:
    with pytest.raises(PrefixNotAssociated, match=remedy) as caught:
        given(ROW, FE, NC, prefix=asked)
    assert caught.value.field == "prefix"
    assert caught.value.expected == "uno de los asociados: SETP, FE, (sin prefijo)"
    assert isinstance(caught.value, NoNumbering)


def test_a_prefix_whose_range_cannot_be_used_says_why() -> None:
    with (
        pytest.warns(UserWarning, match="FE"),
        pytest.raises(PrefixNotAssociated, match=r"no se puede usar: .*valid_to") as caught,
    ):
        given(ROW, replace(FE, valid_to="ayer"), prefix="FE")
    assert "asociados: SETP" in (caught.value.expected or "")


def test_the_client_tells_a_prefix_withheld_from_the_software(dian: Simulator) -> None:
    dian.withhold(dian.resolution("FE"))
    with client(dian) as ws, pytest.raises(PrefixNotAssociated, match="SETP"):
        ws.numbering(NIT, dian.software.id, prefix="FE")


def test_none_is_told_with_dians_words() -> None:
    with pytest.raises(NoNumbering, match="asocie los prefijos") as caught:
        given(code="301", description="El NIT no tiene rangos")
    assert caught.value.found == "301 El NIT no tiene rangos"


def test_ranges_suit_an_issuer_and_show_no_technical_key(dian: Simulator) -> None:
    hidden = dian.resolution("FE")
    dian.withhold(hidden)
    with client(dian) as ws:
        (resolution,) = ws.numbering(NIT, dian.software.id)
        assert build(invoice(), issuer_at(dian, resolution=resolution)).key == build(invoice(), issuer_at(dian)).key
        assert resolution.key() not in repr(resolution)
        with pytest.raises(NoNumbering, match="100"):
            ws.numbering(NIT, "00000000-0000-0000-0000-000000000000")
    assert "fc8e" not in repr(ROW)
