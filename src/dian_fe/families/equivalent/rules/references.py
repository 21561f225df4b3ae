"""Group BG: the document that a note adjusts."""

from __future__ import annotations

from ....catalogs import IdAlgorithm
from ....rules import advice
from ....rules.model_checks import each
from . import NOTES

each(
    "NABG05",
    path="billing_references[].key_scheme",
    wrong=lambda reference: reference.key_scheme not in {None, IdAlgorithm.CUDE.value},
    expected=IdAlgorithm.CUDE.value,
)
advice.corrections(*NOTES)
