"""ApplicationResponse: the events of an invoice (annex RADIAN 1.1), and DIAN's answers."""

from ...catalogs import DocumentType, IdAlgorithm
from ..spec import DocumentKind, Family, FileNames, Free, Key, Roles, Secret, Standing

FAMILY = Family(
    "events",
    "Eventos y respuestas",
    "Resolución 000085 de 2022, anexo técnico RADIAN 1.1",
    __name__,
    (
        DocumentKind(
            "application_response",
            "dian_fe.models.application_response:ApplicationResponse",
            "tables:APPLICATION_RESPONSE",
            "Respuesta de la DIAN",
            DocumentType.EVENTO,
            profile_id="DIAN 2.1",
            roles=Roles("sender", "receiver"),
            key=Key("keys:event_document_key", IdAlgorithm.CUDE, Secret.PIN),
            files=FileNames("ar"),
            sends=("SendEventUpdateStatus",),
            codes={"key": "AAD06", "signature": "AAC03", "signing_day": "AAD09e"},
            standing=Standing.ANSWER,
            otherwise=True,
        ),
        DocumentKind(
            "event",
            "dian_fe.models.event:EventDocument",
            "tables:EVENT",
            "Evento",
            # The profile is the catalogue's. Rule AAD03 of RADIAN's annex leaves "la" out for 035 to 051; files of 030
            # to 034 with it were accepted.
            DocumentType.EVENTO,
            roles=Roles("sender", "receiver"),
            numbering=Free(),
            key=Key("keys:event_document_key", IdAlgorithm.CUDE, Secret.PIN),
            files=FileNames("ar"),
            qr_key="reference_key",
            sends=("SendEventUpdateStatus",),
            delivered=True,
            codes={"key": "AAD06", "signature": "AAC03", "signing_day": "AAD09e"},
            letter="letter:LETTER",
            standing=Standing.EVENT,
            recognise="keys:is_event",
        ),
    ),
    rules="rules:BOOK",
    office="office:OFFICE",
    samples="samples:SAMPLES",
)
