"""Group AK: the buyer, who issues and signs the document."""

from __future__ import annotations

from functools import partial

from ....rules import party_checks
from ....rules.party_checks import own
from ....rules.xml_checks import absent, exact_text
from . import LETTERS
from .parties import RESPONSIBILITIES

_AK = partial(own, "AK", letters=LETTERS)

absent(*_AK("01", "03", "19", "23", "39"))
absent(*_AK("20", "21"), filled=True)
exact_text(*_AK("22"), text="195")

party_checks.organization_type(*_AK("02"), of="customer")
party_checks.digit("DSAK24", of="customer", wrong=False)
party_checks.digit("DSAK24b", of="customer", absent=False)
party_checks.digit("NSAK24", of="customer")
party_checks.id_type("DSAK25", of="customer", among=(party_checks.NIT,))
party_checks.id_type("NSAK25", of="customer")
party_checks.responsibilities(*_AK("26"), of="customer", among=RESPONSIBILITIES)
party_checks.tax_scheme(*_AK("40"), of="customer")
party_checks.tax_scheme_name(*_AK("41"), of="customer")
