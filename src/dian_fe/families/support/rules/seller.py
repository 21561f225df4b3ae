"""Group AJ: the seller, who is not obliged to invoice. Of one who does not reside in Colombia less is asked."""

from __future__ import annotations

from functools import partial

from ....catalogs import PartyTaxScheme
from ....rules import party_checks
from ....rules.address_checks import address, complete
from ....rules.model_checks import required
from ....rules.party_checks import own
from ....rules.xml_checks import absent, literal, said_as
from . import FIELD_ALONE, LETTERS, resident
from .parties import RESPONSIBILITIES

_AJ = partial(own, "AJ", letters=LETTERS)
_ADDRESS = "supplier.address"
_WITH_DOCUMENT = ("document", "xml")

absent("DSAJ01", *_AJ("19", "23", "39"), doubt=FIELD_ALONE)
absent(*_AJ("20", "21"), filled=True, doubt=FIELD_ALONE)
absent(*_AJ("07", "08", "13", "15"), when=resident, needs=_WITH_DOCUMENT, doubt=FIELD_ALONE)
absent(*_AJ("10", "11", "17"), filled=True, when=resident, needs=_WITH_DOCUMENT, doubt=FIELD_ALONE)
literal(*_AJ("18"), among=("es",), doubt=FIELD_ALONE)
said_as(*_AJ("22"), text="195", doubt=FIELD_ALONE)

complete(
    "DSAJ08a",
    of=_ADDRESS,
    names=("municipality", "line", "country", "postal_code"),
    needed=True,
    when=resident,
    doubt="notas de implementadores lo rechazan y un integrador lo corrigió por el código postal; 000000 se acepta.",
)
address(
    _ADDRESS,
    "AJ",
    LETTERS,
    municipality="09",
    when=resident,
    doubt="un integrador lo corrigió sin saber si era por el municipio o por TaxLevelCode/@listName.",
)
address(
    _ADDRESS,
    "AJ",
    LETTERS,
    department_code="12",
    country="16",
    postal_code="73",
    when=resident,
    doubt=FIELD_ALONE,
)
required(
    *_AJ("14"),
    path=f"{_ADDRESS}.line",
    expected="la calle y el número",
    when=resident,
    doubt="la respuesta de la DIAN pide la dirección «sin ciudad ni departamento»: solo se juzga que falte.",
)

party_checks.organization_type(*_AJ("02"), of="supplier", doubt=FIELD_ALONE)
party_checks.digit(
    "DSAJ24a",
    of="supplier",
    wrong=False,
    when=resident,
    doubt="no se sabe si la DIAN lo pide a un no residente con NIT: no se juzga.",
)
party_checks.digit("DSAJ24b", of="supplier", absent=False)
party_checks.digit("NSAJ24", of="supplier", when=resident, doubt=FIELD_ALONE)
party_checks.id_type(*_AJ("25"), of="supplier", doubt=FIELD_ALONE)
party_checks.id_type(
    "DSAJ25a",
    of="supplier",
    among=(party_checks.NIT,),
    when=resident,
    doubt="un integrador lo corrigió antes de la primera aceptación; no se sabe si rechaza.",
)
party_checks.responsibilities(*_AJ("26"), of="supplier", among=RESPONSIBILITIES, doubt=FIELD_ALONE)
party_checks.tax_scheme("DSAJ40", of="supplier", among=(PartyTaxScheme.NO_APLICA.value,))
party_checks.tax_scheme("NSAJ40", of="supplier", doubt=FIELD_ALONE)
party_checks.tax_scheme_name(*_AJ("41"), of="supplier", doubt=FIELD_ALONE)
