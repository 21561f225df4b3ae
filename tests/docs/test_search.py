"""What people type into the manual's search leads to the right page, in Chromium, on the built site.

`DIAN_FE_SITE` names a site that `scripts/build_manual.py` built, which is asked for some of the codes and of the
index's topics; without it one is built and asked for all. Long, because of that.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import html

from dian_fe import rules
from tests.docs.pages import DOCS, ROOT
from tests.docs.searching import searched
from tests.graphic.browser import CHROMIUM

pytestmark = [
    pytest.mark.docs,
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium"),
]

RIGHT = {
    # what is typed: the page, and the place in it, that answers; why
    "FAD06": "referencia/reglas.html#FAD06",  # a code is asked for when DIAN rejected: its own row
    "DSAJ02": "referencia/reglas.html#DSAJ02",
    "NIE001": "referencia/reglas.html#NIE001",
    "dead01": "referencia/reglas.html#DEAD01",  # as a tired person types it
    "LGC01": "referencia/reglas.html#LGC01",  # the API has a member of this name
    "regla 90": "guias/errores.html#procesado-anteriormente",  # what to do, not the row of the code
    "varios correos": "guias/su-empresa-y-sus-clientes.html#varios-correos",  # how to give a customer several
    "código postal": "guias/su-empresa-y-sus-clientes.html#el-codigo-postal",  # where it comes from
    "reenviar": "guias/entrega.html#reenviar",  # the same bytes again to the customer
    "POS": "guias/documentos-equivalentes.html#un-tiquete-pos",  # how to make one; not postal_codes
    "tiquete": "guias/documentos-equivalentes.html#un-tiquete-pos",
    "nómina": "guias/nomina.html",  # the guide, before its data
    "nomina electronica": "guias/nomina.html",  # most people type no accents
    "desprendible": "guias/nomina.html#el-desprendible",
    "nota crédito": "guias/notas.html",
    "nota debito": "guias/notas.html#cobrar-mas",
    "anular factura": "guias/notas.html#anular",  # an invoice is annulled by a note
    "CUFE": "guias/consultas.html#la-clave-de-un-documento",  # what it is
    "clave técnica": "guias/consultas.html#la-clave-de-un-documento",  # what it is for, and where it comes from
    "resolución": "guias/habilitacion.html#los-datos-en-el-programa",  # where a resolution is written in the program
    "habilitación": "guias/habilitacion.html",
    "set de pruebas": "guias/habilitacion.html#correr-el-set",
    "retención": "guias/totales.html#retenciones",
    "retefuente": "guias/totales.html#retenciones",
    "contingencia": "guias/contingencia.html",
    "RADIAN": "guias/recibir-y-responder.html#responder-los-eventos",  # its first events are what the library makes
    "acuse de recibo": "guias/recibir-y-responder.html#responder-los-eventos",
    "aceptación tácita": "guias/recibir-y-responder.html#aceptacion-tacita",
    "correo": "guias/entrega.html#enviar-por-correo",  # sending is asked for more than addresses
    "dolares": "guias/totales.html#moneda-extranjera",
    "certificado": "guias/firma-y-certificados.html#el-certificado-que-hace-falta",
    "excel": "guias/importar-ventas.html",
    "proveedor tecnológico": "guias/habilitacion.html#lo-que-se-hace-en-el-portal",
    "documento soporte": "guias/documento-soporte.html",
    "postgres": "guias/una-empresa.html#el-almacen",
    "SmtpSender": "api/delivery.html#dian_fe.SmtpSender",  # a name of the API is looked for in the API
}
WHOLE = "DIAN_FE_SITE" not in os.environ
CODES = random.Random(20).sample(sorted(rules.codes()), 40 if WHOLE else 10)
"""Some of DIAN's codes."""
TOPIC = re.compile(r"^\| (?P<names>[^|]+) \| (?P<links>.+) \|$", re.MULTILINE)
LINK = re.compile(r"\]\((?P<target>[^)]+)\)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built manual."""
    if given := os.environ.get("DIAN_FE_SITE"):
        return Path(given)
    folder = tmp_path_factory.mktemp("site")
    subprocess.run([sys.executable, ROOT / "scripts" / "build_manual.py", "--out", folder], check=True)
    return folder


def named_topics() -> dict[str, set[str]]:
    """Return the places of every name in the alphabetical index."""
    named: dict[str, set[str]] = {}
    for row in TOPIC.finditer((DOCS / "indice.md").read_text(encoding="utf-8")):
        places = {found["target"].replace(".md", ".html") for found in LINK.finditer(row["links"])}
        if places:
            for name in row["names"].split(", "):
                named.setdefault(name, set()).update(places)
    assert len(named) > 150
    return named if WHOLE else dict(sorted(named.items())[::8])


@pytest.fixture(scope="module")
def found(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return the first three hits of every query, without what the site adds to mark words. One browser asks all."""
    hits = searched(site, dict.fromkeys([*RIGHT, *CODES, *named_topics()]), tmp_path_factory.mktemp("browser"))
    return {query: [re.sub(r"\?h=[^#]*", "", hit) for hit in all_hits[:3]] for query, all_hits in hits.items()}


def test_what_people_type_leads_to_the_right_page(found: dict[str, list[str]]) -> None:
    assert {query: found[query] for query, right in RIGHT.items() if right not in found[query]} == {}


def test_every_code_is_the_first_hit_of_its_name(found: dict[str, list[str]]) -> None:
    assert {code: found[code] for code in CODES if found[code][:1] != [f"referencia/reglas.html#{code}"]} == {}


def test_every_topic_of_the_index_is_found(found: dict[str, list[str]]) -> None:
    named = named_topics()
    assert {name: found[name] for name, places in named.items() if not places & set(found[name])} == {}


def test_the_search_box_speaks_spanish(site: Path) -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in site.glob("assets/javascripts/**/*.js"))
    for word in ('"No results"', '"Search results"', "Loading search", "Search is unavailable", '"Filters"'):
        assert word not in scripts, "put it into WORDS of scripts/build_manual.py"
    assert "Nada se encontró" in scripts


@pytest.mark.parametrize("name", ["index.html", "404.html", "guias/totales.html"])
def test_the_theme_speaks_spanish(site: Path, name: str) -> None:
    """What the theme adds to a page: labels, translations of its scripts, texts outside of the page and the menu."""
    page = html.parse(str(site / name)).getroot()
    words = page.xpath("//*[not(ancestor::article)]/@*[name()='aria-label' or name()='title' or name()='placeholder']")
    words += page.xpath("//article//a[@class='headerlink']/@title")
    for script in page.xpath("//script[@id='__config']/text()"):
        words += json.loads(script)["translations"].values()
    for outside in page.xpath("//body//*[not(self::script or self::style)]/text()"):
        if not {element.tag for element in outside.getparent().iterancestors()} & {"nav", "article", "svg"}:
            words.append(outside)
    words += page.xpath("//h1//text()")
    english = re.compile(
        r"\b(the|to|not|found|with|made|copy|search|page|link|next|previous|skip|back|menu|close)\b", re.I
    )
    assert len(words) > 10
    assert [word for word in words if english.search(word)] == []
