"""What the graphic representation of equivalent documents shows.

Its minimum, as one implementer cites Res. 000227 de 2025, art. 1.5.1.3.2.5 (mark B): the document's name, quantity,
unit, description, code and rate of each item, the buyer who asks for it, QR, CUDE, numbering and the software's maker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ...graphic.content import Field, Label
from ...graphic.labels import labels
from ...graphic.making import trade_content
from ...graphic.presentation import Presentation
from ...models._words import clock, label_of, plain
from .models import CONTINGENCY

if TYPE_CHECKING:
    from ...graphic.content import Content, Section
    from ...graphic.labels import Labels
    from ...graphic.source import Source
    from ...models.issuer import Software
    from .models import ItemCode
    from .parts import OpenElement, SoftwareMaker, UtilityService

_TEXTS: Final = {
    # The first is cited from the norm (mark B); the others are formed like it, with DIAN's names of the types.
    "pos_ticket": (
        "Documento equivalente electrónico tiquete de máquina registradora con sistema P.O.S.",
        "Electronic equivalent document: POS cash register ticket",
    ),
    "cinema_ticket": (
        "Documento equivalente electrónico boleta de ingreso a cine",
        "Electronic equivalent document: cinema ticket",
    ),
    "transport_ticket": (
        "Documento equivalente electrónico tiquete de transporte de pasajeros terrestre",
        "Electronic equivalent document: passenger transport ticket",
    ),
    "utility_bill": (
        "Documento equivalente electrónico de servicios públicos domiciliarios",
        "Electronic equivalent document: public utilities",
    ),
    "equivalent_credit_note": (
        "Nota de ajuste crédito al documento equivalente electrónico",
        "Credit note to the equivalent document",
    ),
    "equivalent_debit_note": (
        "Nota de ajuste débito al documento equivalente electrónico",
        "Debit note to the equivalent document",
    ),
    # No source has words of the norm for these three.
    "unanswered": ("Sin la respuesta de validación de la DIAN", "Without DIAN's validation answer"),
    "contingency_07": ("Contingencia del emisor (tipo 07)", "Issuer's contingency (type 07)"),
    "contingency_08": ("Contingencia de la DIAN (tipo 08)", "DIAN's contingency (type 08)"),
    "validated_at": ("Validación DIAN", "Validated by DIAN"),
    "maker_person": ("Responsable", "Responsible"),
    "maker_company": ("Fabricante del software", "Software maker"),
    "maker_software": ("Software", "Software"),
    "point_of_sale": ("Punto de venta", "Point of sale"),
    "till_plate": ("Placa de la caja", "Register"),
    "till_location": ("Ubicación", "Location"),
    "cashier": ("Cajero", "Cashier"),
    "till_type": ("Tipo de caja", "Type of register"),
    "sale_code": ("Código de la venta", "Sale code"),
    "subtotal": ("Subtotal", "Subtotal"),
    "benefits": ("Beneficios del comprador", "Buyer's benefits"),
    "benefits_code": ("Código", "Code"),
    "benefits_name": ("Nombre", "Name"),
    "benefits_points": ("Puntos", "Points"),
    "trip": ("Viaje", "Trip"),
    "trip_mode": ("Modo de transporte", "Mode of transport"),
    "trip_plate": ("Placa del vehículo", "Vehicle"),
    "trip_vehicle": ("Medio de transporte", "Means of transport"),
    "trip_origin": ("Origen", "From"),
    "trip_destination": ("Destino", "To"),
    "showing": ("Función", "Showing"),
    "showing_cinema": ("Cine", "Cinema"),
    "showing_address": ("Dirección", "Address"),
    "showing_room": ("Sala", "Room"),
    "showing_chairs": ("Sillas", "Chairs"),
    "showing_film": ("Película", "Film"),
    "showing_seat": ("Ubicación elegida", "Seat"),
    "showing_date": ("Fecha", "Date"),
    "showing_time": ("Hora", "Time"),
    "services": ("Servicios", "Services"),
    "service": ("Servicio", "Service"),
    "service_company": ("Empresa", "Company"),
    "service_collector": ("Recauda", "Collector"),
    "third_party": ("Por cuenta de terceros", "For another company"),
    "cost_code": ("Código contable", "Cost code"),
    "payment_reference": ("Referencia de pago", "Payment reference"),
    "other_code": ("Otro código", "Other code"),
    "correction": ("Ajuste", "Adjustment"),
    "corrected_document": ("Documento que se ajusta", "Adjusted document"),
    "billing_reference": ("Documento relacionado", "Related document"),
}
_ELEMENTS: Final = {
    "AllowanceReason": ("Descuento", "Discount"),
    "AdditionalStreetName": ("Dirección", "Address"),
    "Amount": ("Valor", "Amount"),
    "BSName": ("Bien o servicio", "Good or service"),
    "BaseQuantity": ("Cantidad base", "Base quantity"),
    "ChargeReason": ("Cargo", "Charge"),
    "CityName": ("Ciudad", "City"),
    "ConsumptionPayableAmount": ("Valor del consumo", "Amount for consumption"),
    "Country": ("País", "Country"),
    "CountrySubentity": ("Departamento", "Department"),
    "CreditLineAmount": ("Valor a favor", "Credit"),
    "DebitLineAmount": ("Valor pendiente", "Amount pending"),
    "Description": ("Descripción", "Description"),
    "DurationMeasure": ("Días", "Days"),
    "DurationOfTheBillingCycle": ("Ciclo de facturación", "Billing cycle"),
    "ElectronicMail": ("Correo", "E-mail"),
    "EndDate": ("Hasta", "To"),
    "IssueDate": ("Fecha", "Date"),
    "LatestMeterQuantity": ("Lectura actual", "Latest reading"),
    "LatestMeterReadingDate": ("Fecha de la lectura actual", "Date of the latest reading"),
    "MeterNumber": ("Medidor", "Meter"),
    "MeterReadingMethod": ("Modo de lectura", "Reading method"),
    "Name": ("Nombre", "Name"),
    "Note": ("Nota", "Note"),
    "PartialLineExtensionAmount": ("Valor parcial", "Partial amount"),
    "Percent": ("Porcentaje", "Percent"),
    "PreviousMeterQuantity": ("Lectura anterior", "Previous reading"),
    "PreviousMeterReadingDate": ("Fecha de la lectura anterior", "Date of the previous reading"),
    "PriceAmount": ("Valor unitario", "Unit price"),
    "Quantity": ("Cantidad", "Quantity"),
    "ResidentialStratum": ("Estrato", "Stratum"),
    "StartDate": ("Desde", "From"),
    "StreetName": ("Dirección", "Address"),
    "Termino": ("Cuotas", "Instalments"),
    "TotalInvoicedQuantity": ("Consumo facturado", "Consumption billed"),
    "TotalMeteredQuantity": ("Consumo", "Consumption"),
    "TransactionDescription": ("Movimiento", "Transaction"),
}
"""Labels of elements in a utility's services, which one template names (mark C); others keep their names."""
_SECTIONS: Final = {
    "point_of_sale": {
        "plate": "till_plate",
        "location": "till_location",
        "cashier": "cashier",
        "till_type": "till_type",
        "sale_code": "sale_code",
        "subtotal": "subtotal",
    },
    "benefits": {"code": "benefits_code", "name": "benefits_name", "points": "benefits_points"},
    "trip": {each: f"trip_{each}" for each in ("mode", "plate", "vehicle", "origin", "destination")},
    "showing": {
        each: f"showing_{each}" for each in ("cinema", "address", "film", "date", "time", "room", "seat", "chairs")
    },
}
"""Groups of the model, in the order of the paper: field and its label."""
_MAKER: Final = {"maker_company": "company", "maker_person": "person", "maker_software": "software"}


class _EquivalentPresentation(Presentation):
    def title(self, source: Source, label: Labels) -> Label:
        """Return the document's name; that of a kind which is only read has DIAN's name of the type."""
        if source.kind.name in self.titles:
            return label(source.kind.name)
        name = source.kind.label
        return Label(f"Documento equivalente electrónico: {name[:1].lower()}{name[1:]}")

    def notices(self, source: Source, label: Labels) -> Iterator[Label]:
        """Yield the notice of contingency, and that of a document without DIAN's answer."""
        code = getattr(source.document, "type_code", None)
        if code in CONTINGENCY:
            yield label(f"contingency_{code}")
        if source.answer is None:
            yield label("unanswered")

    def further(self, document: Any, label: Labels) -> Iterator[tuple[str, Iterable[tuple[Label, str]]]]:
        """Yield the groups of the extensions that the document has."""
        for name, fields in _SECTIONS.items():
            group = getattr(document, name, None)
            if group is not None:
                yield name, _group(document, group, fields, label)
        yield "services", _services(document, label)

    def content(self, source: Source, software: Software | None, authorized_on: date | None, english: bool) -> Content:
        """Return the usual content, with the software's maker at the end and all codes of each line."""
        own = _BILL if source.kind.name == "utility_bill" else self
        content = trade_content(own, source, software, authorized_on, english)
        label = labels(english, own.texts)
        rows = (
            replace(
                row, details=(*row.details, *(Field(label("other_code"), _code(each)) for each in line.other_codes))
            )
            for row, line in zip(content.lines, source.document.lines, strict=True)
        )
        maker: SoftwareMaker | None = getattr(source.document, "maker", None)
        made = content.software if maker is None else _made_with(content.software, maker, label)
        return replace(content, lines=tuple(rows), software=made)


def _group(document: Any, group: Any, fields: dict[str, str], label: Labels) -> Iterator[tuple[Label, str]]:
    """Yield what a group says and the rest of the page does not."""
    customer = document.customer
    known = {"subtotal": document.totals.line_extension, "code": customer.id, "name": customer.name, "points": 0}
    for name, called in fields.items():
        value = getattr(group, name)
        if value is not None and value != known.get(name):
            yield label(called), clock(value) if isinstance(value, str) else plain(value)
    yield from _others(group.further, label)


def _others(further: Iterable[Any], label: Labels) -> Iterator[tuple[Label, str]]:
    """Yield what other software adds, by its own names."""
    for each in further:
        if hasattr(each, "elements"):
            yield from _open(each, label)
        else:
            yield Label(each.name), each.value or "–"


def _open(element: OpenElement, label: Labels) -> Iterator[tuple[Label, str]]:
    """Yield the texts of open elements, one by one, with their attributes."""
    if element.text or element.attributes:
        attributes = {each.name: each.value for each in element.attributes}
        scheme = attributes.pop("schemeName", None) if element.text else None
        name = scheme or element.name.rpartition(":")[2]
        called = label(f"element_{name}") if name in _ELEMENTS else Label(name)
        unit = label_of("units", attributes.pop("unitCode", None))
        yield called, " ".join(filter(None, (element.text, unit, *attributes.values())))
    for each in element.elements:
        yield from _open(each, label)


def _services(document: Any, label: Labels) -> Iterator[tuple[Label, str]]:
    services: tuple[UtilityService, ...] = getattr(document, "services", ())
    for name in ("cost_code", "payment_reference"):
        yield label(name), getattr(document, name, None) or ""
    for service in services:
        about = (service.name, label("third_party").text if service.third_party else None)
        yield label("service"), " · ".join(filter(None, about))
        yield label("service_company"), service.company or ""
        yield label("service_collector"), service.collector or ""
        yield from _others(service.content, label)


def _code(code: ItemCode) -> str:
    standard = label_of("product_standards", code.standard) or code.standard_name
    return f"{code.code} ({standard})" if standard else code.code


def _made_with(software: Section, maker: SoftwareMaker, label: Labels) -> Section:
    """Return the section of the software with its name and maker as the document itself has them."""
    told = [(label(name), getattr(maker, field)) for name, field in _MAKER.items()]
    fields = [Field(name, value) for name, value in (*told, *_others(maker.further, label)) if value]
    said = {each.label.text for each in fields}
    return replace(software, fields=(*fields, *(each for each in software.fields if each.label.text not in said)))


_KINDS: Final = tuple(list(_TEXTS)[:6])
_LABELS: Final = _TEXTS | {f"element_{name}": label for name, label in _ELEMENTS.items()}
_REQUIRED: Final = {
    "totals": "totales",
    "number": "número",
    "issued_at": "fecha de generación",
    "supplier.id": "identificación del emisor",
    "customer.id": "identificación del adquirente",
    "totals.line_extension": "total de las líneas",
    "totals.payable": "total a pagar",
}
_TITLES: Final = {name: name for name in _KINDS}
PRESENTATION = _EquivalentPresentation(_TITLES, _LABELS, _REQUIRED)
_BILL: Final = _EquivalentPresentation(
    _TITLES, _LABELS | {"tax_point_date": ("Fecha límite de pago", "Last day to pay")}, _REQUIRED
)
"""That of utilities, whose TaxPointDate is the last day to pay (mark C)."""
