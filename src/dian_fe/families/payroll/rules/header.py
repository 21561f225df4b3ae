"""The header: number, dates, version, type, environment, CUNE and QR."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from ....catalogs import IdAlgorithm
from ....families.registry import kind as kind_named
from ....models._words import PESOS
from ....rules.context import Context
from ....rules.extension_checks import key
from ....rules.model_checks import equal, listed
from ....rules.registry import Finding, register, rule
from ....rules.xml_checks import literal
from .places import at, node

_APART: Final = re.compile(r"[\s\-]")
_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_CUNE: Final = re.compile("[0-9A-Fa-f]{96}")
_CATALOGUE: Final = re.compile(
    r"https://catalogo-vpfe(?:-hab)?\.dian\.gov\.co/\S{0,200}?[?&]documentkey=([0-9A-Fa-f]{96})"
)
_DECLARED: Final = ("ds", "ext", "xades", "xades141", "xsi")
_TRUTHS: Final = ("true", "false")

key(*at("InformacionGeneral/@CUNE"))
listed(*at("InformacionGeneral/@Ambiente"), path="control.environment", among={"1", "2"}, expected="1 o 2")
equal(*at("InformacionGeneral/@EncripCUNE"), path="control.key_scheme", to=IdAlgorithm.CUNE.value)
equal(*at("InformacionGeneral/@TipoXML"), path="type_code", to=lambda context: type(context.document).TYPE)
for _place, _path in (
    ("Novedad", "novedad"),
    ("Trabajador/@AltoRiesgoPension", "trabajador.alto_riesgo_pension"),
    ("Trabajador/@SalarioIntegral", "trabajador.salario_integral"),
):
    literal(*at(_place), among=_TRUTHS, path=_path)  # the schema takes 1 and 0 as well; the annex does not


@rule("NIE901", "NIAE901", needs=("xml",))
def root_declares_what_the_structure_uses(context: Context) -> Iterator[Finding]:
    """The root declares the namespaces of DIAN's sample, those of the signature too."""
    xml = context.subject.xml
    known = xml.declared()
    lacking = [name for name in _DECLARED if name not in known]
    if lacking:
        yield Finding(node=xml.all("")[0], expected=", ".join(f"xmlns:{name}" for name in lacking))


@rule(*at("InformacionGeneral/@Version"), path="control.profile", needs=("control",))
def version(context: Context) -> Iterator[Finding]:
    """Version is the literal of the kind; the annex prints it with stray blanks, so those are not judged."""
    found, expected = context.subject.control.profile, kind_named(context.subject.kind).profile_id
    if found is not None and " ".join(found.split()) != expected:
        yield Finding(found=found, expected=expected)


@rule(*at("InformacionGeneral/@HoraGen"), path="issued_at", needs=("xml",))
def hour_is_colombian(context: Context) -> Iterator[Finding]:
    """HoraGen ends with Colombia's offset, -05:00."""
    general = node(context, "InformacionGeneral")
    found = None if general is None else general.get("HoraGen")
    if found is not None and not found.strip().endswith("-05:00"):
        yield Finding(node=general, attribute="HoraGen", found=found, expected="HH:MM:SS-05:00")


@rule(*at("Periodo/@FechaGen"), path="periodo.fecha_gen")
def period_is_dated_as_the_document(context: Context) -> Iterator[Finding]:
    """Both FechaGen are the day of issue."""
    found = context.document.periodo.fecha_gen
    if found is not None and found != context.issue_date:
        yield Finding(found=found, expected=context.issue_date)


@rule(*at("Periodo/@TiempoLaborado"), path="periodo.tiempo_laborado", needs=("xml",))
def time_worked_is_a_count_of_days(context: Context) -> Iterator[Finding]:
    """TiempoLaborado is a number, one or more."""
    period = node(context, "Periodo")
    found = None if period is None else period.get("TiempoLaborado")
    if found is not None and not (_NUMBER.fullmatch(found.strip()) and float(found) >= 1):
        yield Finding(node=period, attribute="TiempoLaborado", found=found, expected="1 o más")


def _unbroken(name: str, empty: bool) -> Callable[[Context], Iterator[Finding]]:
    """Return the check that a part of the number has no blanks and no hyphens, and unless ``empty`` is not empty."""

    def function(context: Context) -> Iterator[Finding]:
        sequence = node(context, "NumeroSecuenciaXML")
        found = None if sequence is None else sequence.get(name)
        if found is not None and (_APART.search(found) or not (found or empty)):
            yield Finding(node=sequence, attribute=name, found=found, expected="letras y cifras seguidas")

    return function


for _name in ("Prefijo", "Consecutivo"):
    for _code in at(f"NumeroSecuenciaXML/@{_name}"):
        register(_code, _unbroken(_name, empty=_name == "Prefijo"), path=_name.lower(), needs=("xml",))


@rule(*at("NumeroSecuenciaXML/@Numero"), path="number", needs=("xml",))
def number_is_prefix_and_consecutive(context: Context) -> Iterator[Finding]:
    """Numero is the prefix followed by the consecutive, without blanks or hyphens."""
    sequence = node(context, "NumeroSecuenciaXML")
    if sequence is not None and (found := sequence.get("Numero")) is not None:
        expected = _APART.sub("", f"{sequence.get('Prefijo') or ''}{sequence.get('Consecutivo') or ''}")
        if found != expected:
            yield Finding(node=sequence, attribute="Numero", found=found, expected=expected)


@rule(*at("InformacionGeneral/@TRM"), path="trm")
def another_currency_has_its_rate(context: Context) -> Iterator[Finding]:
    """A currency other than the peso comes with its rate."""
    document = context.document
    if document.currency != PESOS and (document.trm is None or document.trm <= 0):
        yield Finding(found=document.trm, expected=f"pesos por {document.currency}")


@rule(*at("CodigoQR"), path="control.qr", needs=("control",))
def qr_leads_to_the_document(context: Context) -> Iterator[Finding]:
    """CodigoQR has the address of DIAN's catalogue with the document's CUNE, alone or after lines of data."""
    control = context.subject.control
    if control.qr is None:
        return
    match = _CATALOGUE.search(control.qr)
    if match is None or (control.key is not None and match[1].lower() != control.key.lower()):
        expected = f"documentkey={control.key or 'el CUNE'}"
        yield Finding(found=match[0] if match else control.qr, expected=expected)


@rule(*at("Novedad/@CUNENov"), path="cune_nov")
def novelty_names_a_document(context: Context) -> Iterator[Finding]:
    """A change of contract names the CUNE that it is about; a denied one need not."""
    if context.document.novedad and not _CUNE.fullmatch(context.document.cune_nov or ""):
        yield Finding(found=context.document.cune_nov, expected="96 cifras hexadecimales")
