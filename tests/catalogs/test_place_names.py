"""Municipalities are found by the names that people and geocoders write, and never by a guess."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest

from dian_fe.catalogs import catalog, department, find_municipality, municipalities, municipality
from dian_fe.errors import UnknownPlace

pytestmark = pytest.mark.slow


def bare(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", name) if not unicodedata.combining(sign))


def comparable(name: str) -> str:
    return bare(name).casefold()


def test_each_official_name_is_found_in_its_department() -> None:
    for place in municipalities():
        for name in (place.name, place.official_name):
            for text in (name, bare(name), bare(name).upper(), f"  {name.lower()} "):
                for within in (place.department, place.department_code, bare(place.department).upper()):
                    assert find_municipality(text, within) == place, (text, within)


def test_a_unique_name_needs_no_department_and_others_list_all() -> None:
    owners = Counter(
        name
        for place in municipalities()
        for name in {comparable(place.name).removesuffix(", d.c."), comparable(place.official_name)}
    )
    refused = 0
    for place in municipalities():
        name = place.official_name
        if owners[comparable(name)] == 1:
            assert find_municipality(bare(name)) == place
            continue
        refused += 1
        with pytest.raises(UnknownPlace) as caught:
            find_municipality(name)
        assert place.code in (caught.value.expected or "")
        assert place.department in (caught.value.expected or "")
    assert refused > 50


USUAL = {
    "Cartagena": "13001", "Santafé de Bogotá": "11001", "Bogotá Distrito Capital": "11001", "BOGOTA DC": "11001",
    "Santiago de Cali": "76001", "San Juan de Pasto": "52001", "San Juan de Girón": "68307", "Buga": "76111",
    "San Bonifacio de Ibagué": "73001", "Santiago de Tunja": "15001", "Ubaté": "25843", "Tumaco": "52835",
    "Tolú": "70820", "Sincé": "70742", "Mariquita": "73443", "Güicán": "15332", "Purísima": "23586",
    "San Ángel": "47660", "Sotavento": "23670", "López": "19418", "Quilichao": "19698", "Apicalá": "73148",
    "Santa Cruz de Mompox": "13468", "Mompox": "13468", "Sotará Paispamba": "19760", "Cuaspud Carlosama": "52224",
    "Carlosama": "52224", "San José de Toluviejo": "70823", "Toluviejo": "70823", "Santafé de Antioquia": "05042",
    "Villa de Leiva": "15407", "Santa Cruz de Lorica": "23417", "San Jerónimo de Montería": "23001",
    "Valle de Upar": "20001", "San Andrés Islas": "88001", "Isla de San Andrés": "88001",
    "Providencia y Santa Catalina": "88564", "Puerto Inírida": "94001", "La Hormiga": "86865", "El Difícil": "47058",
    "Prado Sevilla": "47980", "Mesitas del Colegio": "25245", "Barranca Bermeja": "68081", "Florida Blanca": "68276",
    "Pie de Cuesta": "68547", "Fusa": "25290", "Zipa": "25899", "Faca": "25269", "Yuto": "27050", "Pizarro": "27077",
    "Bellavista": "27099", "Andagoya": "27450", "Paimadó": "27600", "El Bordo": "19532", "Tunía": "19548",
    "Coconuco": "19585", "Carnicerías": "41797", "Payán": "52427", "Piedrancha": "52435", "Sotomayor": "52418",
    "El Darién": "76126", "Sta. Marta": "47001", "Carmen de Viboral": "05148", "El Espinal": "73268",
    "La Dorada": "17380", "Puerto Berrio": "05579", "Pto. Berrío": "05579", "Anserma Nuevo": "76041",
    "Ciudad de Medellín": "05001", "Municipio de Envigado": "05266", "San Martín de los Llanos": "50689",
}  # fmt: skip
"""Names by the code that the list has for them; their sources stand in ``municipality_names`` or follow from a rule."""


@pytest.mark.parametrize(("name", "code"), USUAL.items())
def test_usual_names_lead_to_their_municipality(name: str, code: str) -> None:
    for text in (name, name.upper(), bare(name)):
        assert find_municipality(text).code == code


def test_each_usual_name_of_the_list_has_a_source_and_a_place() -> None:
    assert len(catalog("municipality_names")) >= 55
    for entry in catalog("municipality_names").values():
        assert entry.details["source"]
        for code in entry.details["municipality"].split():
            assert find_municipality(entry.label, code[:2]).code == code


@pytest.mark.parametrize(
    ("name", "within", "code"),
    [
        ("Bogotá D.C.", "Cundinamarca", "11001"),
        ("Bogotá", "Bogotá D.C.", "11001"),
        ("Bogotá, D.C.", "Distrito Capital", "11001"),
        ("Cali, Valle del Cauca, Colombia", None, "76001"),
        ("Cali (Valle)", None, "76001"),
        ("Bogotá, Cundinamarca, Colombia", None, "11001"),
        ("Bogotá, Colombia", None, "11001"),
        ("Barbosa, Santander", None, "68077"),
        ("Barbosa", "CO-ANT", "05079"),
        ("Barbosa", "ant", "05079"),
        ("Riohacha", "Guajira", "44001"),
        ("Cúcuta", "Norte Santander", "54001"),
        ("San Andrés", "Archipiélago de San Andrés, Providencia y Santa Catalina", "88001"),
        ("San Vicente", "Caquetá", "18753"),
        ("El Santuario", "Antioquia", "05697"),
        ("Buga", "Valle", "76111"),
        ("Colombia", None, "41206"),
        ("Colombia, Huila, Colombia", None, "41206"),
        ("Ubaté", "Cundinamarca", "25843"),
    ],
)
def test_a_name_is_read_with_its_department(name: str, within: str | None, code: str) -> None:
    assert find_municipality(name, within).code == code


@pytest.mark.parametrize(
    ("name", "within", "told"),
    [
        ("Cali", "Antioquia", "Cali (76001) en Valle del Cauca"),
        ("Soacha", "Bogotá", "Soacha (25754) en Cundinamarca"),
        ("Santiago de Kali", None, "Cali (76001)"),
        ("Bugga", None, "Guadalajara de Buga (76111)"),
        ("Medelín", None, "Medellín (05001)"),
        ("Bogta", None, "Bogotá, D.C. (11001)"),
    ],
)
def test_a_wrong_name_suggests_the_right_place(name: str, within: str | None, told: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        find_municipality(name, within)
    assert told in (caught.value.remedy or "")


@pytest.mark.parametrize("name", ["San Vicente", "San Juan", "Barranca", "Providencia", "Bolívar"])
def test_a_name_of_several_is_never_guessed(name: str) -> None:
    with pytest.raises(UnknownPlace, match="Varios municipios"):
        find_municipality(name)


@pytest.mark.parametrize("name", ["", " ", ",", "()", "Antioquia,", "xyzzy", "S", "de"])
def test_what_is_no_name_is_refused_without_a_guess(name: str) -> None:
    with pytest.raises(UnknownPlace):
        find_municipality(name)


def test_a_name_where_a_code_belongs_names_its_code() -> None:
    with pytest.raises(UnknownPlace, match=r"Guadalajara de Buga \(76111\)"):
        municipality("Buga")
    assert department(municipality("76111").department_code).name == "Valle del Cauca"
