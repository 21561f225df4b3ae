"""Places: whole, consistent, and told with the nearest match when they are wrong."""

from __future__ import annotations

import pytest

from dian_fe.catalogs import (
    Municipality,
    catalog,
    check_place,
    country_name,
    department,
    departments,
    find_municipality,
    municipalities,
    municipality,
    municipality_of_postal_code,
    postal_codes,
    require_place,
)
from dian_fe.errors import InvalidInput, UnknownCode, UnknownPlace
from dian_fe.faults import Severity


def test_counts() -> None:
    assert len(departments()) == 33
    assert len(municipalities()) == 1122
    assert len(catalog("postal_codes")) == 3681
    assert len(catalog("countries")) == 249


def test_every_row_refers_to_rows_that_exist() -> None:
    for place in municipalities():
        assert place.department_code == place.code[:2]
        assert place.department == departments()[place.department_code].name
        codes = postal_codes(place.code)
        assert place.postal_code in codes
        assert all(code[:2] == place.department_code for code in codes)
    for entry in catalog("postal_codes").values():
        assert len(entry.code) == 6
        assert entry.label == municipality(entry.details["municipality"]).name
    assert {place.department_code for place in municipalities()} == set(departments())
    assert sum(len(postal_codes(place.code)) for place in municipalities()) == 3681


def test_default_postal_codes_are_urban_and_nobody_elses() -> None:
    defaults = [place.postal_code for place in municipalities()]
    assert len(set(defaults)) == 1122
    rural_only = {place.code for place in municipalities() if place.postal_code[-1] in "789"}
    assert rural_only == {
        *("19300", "91430", "91460", "94663", "94884", "94885", "94887", "94888", "97511", "97777", "97889")
    }


def test_names_are_unique_inside_a_department() -> None:
    for code in departments():
        names = [place.official_name for place in municipalities(code)]
        assert len(set(names)) == len(names)


def test_official_names_are_upper_case() -> None:
    assert all(place.official_name == place.official_name.upper() for place in municipalities())
    assert municipality("54001").official_name == "CÚCUTA"
    assert municipality("54001").name == "San José de Cúcuta"


def test_municipality() -> None:
    assert municipality("76001") == Municipality(
        code="76001",
        name="Cali",
        official_name="CALI",
        department_code="76",
        department="Valle del Cauca",
        postal_code="760001",
        country="CO",
    )
    assert municipality("11001").postal_code == "110111"
    assert len(postal_codes("11001")) == 81
    assert postal_codes("88001") == ("880001", "880007", "880008")
    assert municipality_of_postal_code("880020").code == "88564"


@pytest.mark.parametrize(
    ("code", "nearest"),
    [
        ("5001", "Medellín (05001)"),  # a spreadsheet ate the zero
        ("05001000", "Medellín (05001)"),  # the code of the populated centre
        ("Cali", "Cali (76001)"),
        ("Medelin", "Medellín (05001)"),
        ("76002", "Cali (76001)"),
    ],
)
def test_an_unknown_code_names_the_nearest(code: str, nearest: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        municipality(code, field="supplier.municipality")
    assert caught.value.field == "supplier.municipality"
    assert caught.value.found == repr(code)
    assert nearest in (caught.value.remedy or "")


@pytest.mark.parametrize("code", ["", "xxxxx", "00000"])
def test_an_unknown_code_like_no_other_says_how_to_find_one(code: str) -> None:
    with pytest.raises(UnknownPlace, match="find_municipality"):
        municipality(code)


@pytest.mark.parametrize(
    ("name", "within", "code"),
    [
        ("cali", None, "76001"),
        ("MEDELLIN", None, "05001"),
        ("Bogotá", None, "11001"),
        ("BOGOTA D.C.", None, "11001"),
        ("cucuta", None, "54001"),
        ("San José de Cúcuta", None, "54001"),
        ("Barbosa", "Santander", "68077"),
        ("Barbosa", "05", "05079"),
        ("San Andrés", "san andres y providencia", "88001"),
    ],
)
def test_find_by_name(name: str, within: str | None, code: str) -> None:
    assert find_municipality(name, within).code == code


def test_every_name_is_found_in_its_department() -> None:
    for place in municipalities():
        assert find_municipality(place.name, place.department_code) == place
        assert find_municipality(place.official_name.lower(), place.department) == place


def test_an_ambiguous_name_lists_the_municipalities() -> None:
    with pytest.raises(UnknownPlace) as caught:
        find_municipality("Barbosa", field="city")
    assert "05079" in (caught.value.expected or "")
    assert "68077" in (caught.value.expected or "")
    assert caught.value.field == "city"


@pytest.mark.parametrize(
    ("name", "within", "nearest"),
    [
        ("Cartajena", None, "13001"),
        ("Bucaramnga", None, "68001"),
        ("Kali", "76", "76001"),
        ("Plamira", "Valle del Cauca", "76520"),
    ],
)
def test_an_unknown_name_names_the_nearest(name: str, within: str | None, nearest: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        find_municipality(name, within)
    assert nearest in (caught.value.remedy or "")


def test_unknown_department_and_country() -> None:
    with pytest.raises(UnknownPlace, match=r"Antioquia \(05\)"):
        find_municipality("Medellín", "Antioqia")
    with pytest.raises(UnknownPlace, match=r"Antioquia \(05\)"):
        department("5")
    with pytest.raises(UnknownPlace):
        municipalities("04")
    assert country_name("CO") == "Colombia"
    with pytest.raises(UnknownCode, match="Suecia"):
        country_name("se")


def test_data_that_agree_give_no_finding() -> None:
    for place in municipalities()[::25]:
        assert not check_place(
            municipality=place.code, city=place.name, department=place.department, postal_code=place.postal_code
        )
        assert not check_place(
            municipality=place.code,
            city=place.official_name,
            department=place.department_code,
            postal_code=postal_codes(place.code)[-1],
        )
    assert not check_place(municipality="76001", postal_code="000000")


@pytest.mark.parametrize(
    ("data", "field", "severity", "contradicts", "told"),
    [
        ({"city": "Medellín"}, "city", Severity.NOTIFICACION, True, "Medellín (05001)"),
        ({"city": "Plamira"}, "city", Severity.NOTIFICACION, True, "Palmira (76520)"),
        ({"city": "cali"}, "city", Severity.NOTIFICACION, False, "CALI"),
        ({"department": "05"}, "department", Severity.RECHAZO, True, "Valle del Cauca (76)"),
        ({"department": "Antioquia"}, "department", Severity.NOTIFICACION, True, "Valle del Cauca (76)"),
        ({"department": "Valle"}, "department", Severity.NOTIFICACION, False, "Valle del Cauca"),
        ({"department": "valle del cauca"}, "department", Severity.NOTIFICACION, False, "Valle del Cauca"),
        ({"postal_code": "050001"}, "postal_code", Severity.NOTIFICACION, True, "Medellín (05001)"),
        ({"postal_code": "999999"}, "postal_code", Severity.NOTIFICACION, False, "760001"),
        ({"postal_code": ""}, "postal_code", Severity.NOTIFICACION, False, "760001"),
    ],
)
def test_what_is_wrong_with_a_place(
    data: dict[str, str], field: str, severity: Severity, contradicts: bool, told: str
) -> None:
    (finding,) = check_place(municipality="76001", **data)
    assert (finding.field, finding.severity, finding.contradicts) == (field, severity, contradicts)
    assert finding.found == data[field]
    assert told in str(finding.error())


def test_an_unknown_municipality_is_the_only_finding() -> None:
    (finding,) = check_place(municipality="7600l", city="Cali", department="76")
    assert finding.field == "municipality"
    assert finding.severity is Severity.RECHAZO


def test_a_place_must_not_contradict_itself() -> None:
    assert require_place(municipality="11001", city="Bogotá", department="BOGOTA D.C.").code == "11001"
    assert require_place(municipality="76001", postal_code="999999").code == "76001"
    with pytest.raises(UnknownPlace) as one:
        require_place(municipality="76001", city="Palmira", field="customer.address")
    assert one.value.field == "customer.address.city"
    with pytest.raises(InvalidInput) as several:
        require_place(municipality="76001", city="Palmira", department="05", postal_code="110111")
    assert [error.field for error in several.value.errors] == ["city", "department", "postal_code"]
    assert all(isinstance(error, UnknownPlace) for error in several.value.errors)
