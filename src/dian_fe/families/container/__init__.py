"""The container that takes documents to the customer: AttachedDocument (annex 1.9, section 6.4)."""

from ..spec import DocumentKind, Family, FileNames, Roles, Standing

FAMILY = Family(
    "container",
    "Contenedor electrónico",
    "Resolución 000165 de 2023, anexo técnico 1.9",
    __name__,
    (
        DocumentKind(
            "attached_document",
            "dian_fe.models.attached_document:AttachedDocument",
            "tables:ATTACHED_DOCUMENT",
            "Contenedor electrónico",
            root_element="AttachedDocument",
            profile_id="Factura Electrónica de Venta",
            roles=Roles("sender", "receiver"),
            files=FileNames("ad"),
            standing=Standing.CONTAINER,
            otherwise=True,
        ),
    ),
)
