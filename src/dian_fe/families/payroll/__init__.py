"""Electronic payroll: the support document of what an employer paid a worker, and its adjustment notes.

Annex of Resolución 000013 de 2021, version 1.0. It is not UBL: the data are attributes of elements of
DIAN's own schema.
"""

from ...catalogs import DocumentType, IdAlgorithm
from ..spec import DocumentKind, Family, FileNames, Key, OwnPrefix, Roles, Secret

_KEY = Key("keys:cune", IdAlgorithm.CUNE, Secret.PIN)
_SENDS = ("SendNominaSync", "SendTestSetAsync")
_ADJUSTMENT = "V1.0: Nota de Ajuste de Documento Soporte de Pago de Nómina Electrónica"
_ADJUSTS = frozenset({"payroll", "payroll_replacement"})
_NIAE = FileNames("niae", with_provider=False, upper=True)

FAMILY = Family(
    "payroll",
    "Nómina electrónica",
    "Resolución 000013 de 2021, anexo técnico 1.0",
    __name__,
    (
        DocumentKind(
            "payroll",
            "models:Payroll",
            "tables:PAYROLL",
            "Documento soporte de pago de nómina electrónica",
            DocumentType.NOMINA_INDIVIDUAL,
            profile_id="V1.0: Documento Soporte de Pago de Nómina Electrónica",
            called="Nómina",
            roles=Roles("empleador", "trabajador"),
            numbering=OwnPrefix(),
            key=_KEY,
            files=FileNames("nie", with_provider=False, upper=True),
            qr="keys:qr_pairs",
            sends=_SENDS,
            letter="letter:LETTER",
            codes={"key": "NIE024", "signature": "NIE001"},
        ),
        DocumentKind(
            "payroll_replacement",
            "models:PayrollReplacement",
            "tables:PAYROLL_REPLACEMENT",
            "Nota de ajuste de nómina electrónica que reemplaza",
            DocumentType.NOMINA_INDIVIDUAL_DE_AJUSTE,
            profile_id=_ADJUSTMENT,
            called="Nómina que reemplaza",
            roles=Roles("empleador", "trabajador"),
            numbering=OwnPrefix(),
            key=_KEY,
            files=_NIAE,
            qr="keys:qr_pairs",
            sends=_SENDS,
            letter="letter:LETTER",
            corrects=_ADJUSTS,
            references="predecesor",
            codes={"key": "NIAE024", "signature": "NIAE001"},
            concepts="payroll_adjustment_types",
            recognise="tables:replaces",
        ),
        DocumentKind(
            "payroll_deletion",
            "models:PayrollDeletion",
            "tables:PAYROLL_DELETION",
            "Nota de ajuste de nómina electrónica que elimina",
            DocumentType.NOMINA_INDIVIDUAL_DE_AJUSTE,
            profile_id=_ADJUSTMENT,
            called="Eliminación de nómina",
            # It names no worker: the employer withdraws a document of its own.
            roles=Roles("empleador", "empleador"),
            numbering=OwnPrefix(),
            key=_KEY,
            files=_NIAE,
            qr="keys:qr_pairs",
            sends=_SENDS,
            letter="letter:LETTER",
            corrects=_ADJUSTS,
            references="predecesor",
            codes={"key": "NIAE238", "signature": "NIAE001"},
            concepts="payroll_adjustment_types",
            recognise="tables:deletes",
        ),
    ),
    rules="rules:BOOK",
    presentation="presentation:PRESENTATION",
    drafts="drafts:PayrollDrafts",
    test_set="test_set:PLAN",
    office="office:OFFICE",
    draft="readiness:DRAFT",
    samples="samples:SAMPLES",
)
