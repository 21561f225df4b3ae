"""What the graphic representation of equivalent documents shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ...graphic.labels import Labels
from ...graphic.presentation import Presentation

if TYPE_CHECKING:
    from ...graphic.content import Label

_TEXTS = {
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
    "maker": ("Fabricante del software", "Software maker"),
    "maker_person": ("Nombre", "Name"),
    "maker_company": ("Razón social", "Company"),
    "maker_software": ("Software", "Software"),
    "point_of_sale": ("Punto de venta", "Point of sale"),
    "till_plate": ("Placa de la caja", "Register"),
    "till_location": ("Ubicación", "Location"),
    "cashier": ("Cajero", "Cashier"),
    "till_type": ("Tipo de caja", "Type of register"),
    "sale_code": ("Código de la venta", "Sale code"),
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
    "payment_reference": ("Referencia de pago", "Payment reference"),
    "correction": ("Ajuste", "Adjustment"),
    "corrected_document": ("Documento que se ajusta", "Adjusted document"),
    "billing_reference": ("Documento equivalente", "Equivalent document"),
}
_SECTIONS = {
    "point_of_sale": {
        "plate": "till_plate",
        "location": "till_location",
        "cashier": "cashier",
        "till_type": "till_type",
        "sale_code": "sale_code",
    },
    "benefits": {"code": "benefits_code", "name": "benefits_name", "points": "benefits_points"},
    "trip": {each: f"trip_{each}" for each in ("mode", "plate", "vehicle", "origin", "destination")},
    "showing": {
        each: f"showing_{each}" for each in ("cinema", "address", "film", "date", "time", "room", "seat", "chairs")
    },
    "maker": {each: f"maker_{each}" for each in ("person", "company", "software")},
}
"""Groups of the model, in the order of the paper: field and its label."""


class _EquivalentPresentation(Presentation):
    def further(self, document: Any, label: Labels) -> Iterable[tuple[str, Iterable[tuple[Label, str]]]]:
        """Yield the groups of the extensions that the document has."""
        for name, fields in _SECTIONS.items():
            group = getattr(document, name, None)
            if group is not None:
                yield name, list(_fields(group, fields, label))
        services = getattr(document, "services", ())
        if services:
            yield "services", [(label("services"), ", ".join(each.name for each in services if each.name))]


def _fields(group: Any, fields: dict[str, str], label: Labels) -> Iterator[tuple[Label, str]]:
    for name, called in fields.items():
        value = getattr(group, name)
        if value is not None:
            yield label(called), str(value)


_KINDS = (
    "pos_ticket",
    "cinema_ticket",
    "transport_ticket",
    "utility_bill",
    "equivalent_credit_note",
    "equivalent_debit_note",
)
PRESENTATION = _EquivalentPresentation(
    {name: name for name in _KINDS},
    _TEXTS,
    {
        "totals": "totales",
        "number": "número",
        "issued_at": "fecha de generación",
        "supplier.id": "identificación del emisor",
        "customer.id": "identificación del adquirente",
        "totals.line_extension": "total de las líneas",
        "totals.payable": "total a pagar",
    },
)
