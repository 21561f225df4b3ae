"""The health sector's extension (CustomTagGeneral), in the namespace of the document's root."""

from __future__ import annotations

from ...models.health import HealthDatum, HealthSector, HealthTag, HealthUser
from ..codecs import TEXT
from ..rows import Attr, Row, Structure

HEALTH_DATUM = Structure(
    "HealthDatum",
    HealthDatum,
    (
        Row("Name", "name", TEXT, "Dato de salud"),
        Row(
            "Value",
            "value",
            TEXT,
            "Valor del dato",
            attrs=(Attr("schemeID", field="code"), Attr("schemeName", field="code_list")),
        ),
    ),
)

HEALTH_USER = Structure(
    "HealthUser",
    HealthUser,
    (Row("AdditionalInformation", "data", HEALTH_DATUM, "Datos del usuario de salud", many=True),),
)

HEALTH_TAG = Structure(
    "HealthTag",
    HealthTag,
    (Row("Name", "name", TEXT, "Etiqueta"), Row("Value", "value", TEXT, "Valor de la etiqueta")),
)

HEALTH_SECTOR = HealthSector
"""Written and read by ``ubl.extensions``: its pairs alternate without an element around them."""
