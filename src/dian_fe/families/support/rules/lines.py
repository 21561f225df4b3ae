"""Groups AZ and FC: the product's standard code, and when the purchase was made."""

from __future__ import annotations

from ....rules.model_checks import required
from ....rules.xml_checks import absent

absent(
    "DSAZ10",
    filled=True,
    doubt="un integrador lo corrigió antes de la primera aceptación; no se sabe si rechaza.",
)
absent("DSAZ13", doubt="las notas piden el nombre y no dicen la severidad.")
required(
    "DSFC01",
    path="lines[].purchase",
    expected="la fecha de la compra y la forma de transmisión",
    doubt="un integrador lo corrigió antes de la primera aceptación; no se conoce su texto.",
)
