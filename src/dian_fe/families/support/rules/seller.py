"""Group AJ: the seller, who is not obliged to invoice. Fewer data are required of sellers abroad."""

from __future__ import annotations

from functools import partial

from ....catalogs import PartyTaxScheme
from ....rules import party_checks
from ....rules.address_checks import address, complete
from ....rules.model_checks import required
from ....rules.party_checks import own
from ....rules.xml_checks import absent, exact_text, literal
from . import LETTERS, resident
from .parties import RESPONSIBILITIES

_AJ = partial(own, "AJ", letters=LETTERS)
_ADDRESS = "supplier.address"
_WITH_DOCUMENT = ("document", "xml")

absent("DSAJ01", *_AJ("19", "23", "39"))
absent(*_AJ("20", "21"), filled=True)
absent(*_AJ("07", "08", "13", "15"), when=resident, needs=_WITH_DOCUMENT)
absent(*_AJ("10", "11", "17"), filled=True, when=resident, needs=_WITH_DOCUMENT)
literal(*_AJ("18"), among=("es",))
exact_text(*_AJ("22"), text="195")

complete("DSAJ08a", of=_ADDRESS, names=("municipality", "line", "country", "postal_code"), needed=True, when=resident)
address(_ADDRESS, "AJ", LETTERS, municipality="09", when=resident)
address(_ADDRESS, "AJ", LETTERS, department_code="12", country="16", postal_code="73", when=resident)
required(*_AJ("14"), path=f"{_ADDRESS}.line", expected="la calle y el número", when=resident)

party_checks.organization_type(*_AJ("02"), of="supplier")
party_checks.digit("DSAJ24a", of="supplier", wrong=False, when=resident)
party_checks.digit("DSAJ24b", of="supplier", absent=False)
party_checks.digit("NSAJ24", of="supplier", when=resident)
party_checks.id_type(*_AJ("25"), of="supplier")
party_checks.id_type("DSAJ25a", of="supplier", among=(party_checks.NIT,), when=resident)
party_checks.responsibilities(*_AJ("26"), of="supplier", among=RESPONSIBILITIES)
party_checks.tax_scheme("DSAJ40", of="supplier", among=(PartyTaxScheme.NO_APLICA.value,))
party_checks.tax_scheme("NSAJ40", of="supplier")
party_checks.tax_scheme_name(*_AJ("41"), of="supplier")
