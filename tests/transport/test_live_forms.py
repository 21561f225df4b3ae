"""Answers in the forms of the live service of 2026, written by hand: each is read whole, and nothing is lost."""

from __future__ import annotations

import random
import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from dian_fe.catalogs import IdType
from dian_fe.errors import TransportError, UnreadableAnswer
from dian_fe.events import RegisteredParty
from dian_fe.faults import Severity
from dian_fe.testing import Simulator
from dian_fe.transport import Acquirer, DocumentInfo, NoteConcept, Request, Standing, Status
from dian_fe.transport.contract import OPERATIONS
from dian_fe.transport.failures import read_reply
from dian_fe.transport.history import events_of, notes_of
from tests.transport.support import KEY, NOW, Recorder, client, reply, signed
from tests.transport.test_answers import ARRAYS, DATA, envelope, result

CUFE, CUDE = KEY, "cd" * 48
UBL = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
DIAN = (
    "<cac:SenderParty><cac:PartyTaxScheme><cbc:CompanyID>800197268</cbc:CompanyID></cac:PartyTaxScheme>"
    "</cac:SenderParty>"
)


def response(*documents: str) -> bytes:
    """Return an ApplicationResponse of DIAN's with these DocumentResponse elements."""
    inner = "".join(f"<cac:DocumentResponse>{each}</cac:DocumentResponse>" for each in documents)
    return f"<ApplicationResponse {UBL}><cbc:ID>1</cbc:ID>{DIAN}{inner}</ApplicationResponse>".encode()


def status(
    xml: bytes = b"", *, code: str = "00", valid: str = "true", errors: str = "", name: str = "GetStatus"
) -> Status:
    packed = b64encode(xml).decode()
    lines = f"{packed[:40]}\n  {packed[40:]}"  # base64 may hold white space
    found: Status = result(
        name,
        f"{errors}<b:IsValid>{valid}</b:IsValid><b:StatusCode>{code}</b:StatusCode><b:StatusDescription>Texto"
        f"</b:StatusDescription><b:XmlBase64Bytes>{lines if xml else ''}</b:XmlBase64Bytes>",
    )
    return found


def party(tag: str, number: str, name: str, digit: str = "1") -> str:
    return (
        f"<cac:{tag}><cac:PartyTaxScheme><cbc:RegistrationName>{name}</cbc:RegistrationName>"
        f'<cbc:CompanyID schemeID="{digit}" schemeName="31">{number}</cbc:CompanyID></cac:PartyTaxScheme></cac:{tag}>'
    )


PARTIES = party("IssuerParty", "700085371", "Tienda Ejemplo SAS") + party("RecipientParty", "800199436", "Cafetería")
SELLER = RegisteredParty("700085371", "Tienda Ejemplo SAS", "31", "1")


# --- notes -----------------------------------------------------------------------------------------------------------


def a_note(order: str, code: str, number: str, concepts: str = "", key: str = CUDE) -> str:
    return (
        f"<cac:Response><cbc:ReferenceID>{order}</cbc:ReferenceID><cbc:ResponseCode>{code}</cbc:ResponseCode>"
        "<cbc:Description>Nota de crédito electrónica</cbc:Description><cbc:EffectiveDate>2026-03-03"
        "</cbc:EffectiveDate><cbc:EffectiveTime>02:30:00Z</cbc:EffectiveTime></cac:Response><cac:DocumentReference>"
        f"<cbc:ID>{number}</cbc:ID><cbc:UUID>{key.upper()}</cbc:UUID></cac:DocumentReference>{PARTIES}{concepts}"
    )


def concept(line: str, *codes: tuple[str, str]) -> str:
    inner = "".join(
        f"<cac:Response><cbc:ResponseCode>{code}</cbc:ResponseCode><cbc:Description>{text}</cbc:Description>"
        "</cac:Response>"
        for code, text in codes
    )
    reference = f"<cac:LineReference><cbc:LineID>{line}</cbc:LineID></cac:LineReference>"
    return f"<cac:LineResponse>{reference}{inner}</cac:LineResponse>"


@pytest.mark.parametrize(("code", "valid"), [("00", "true"), ("66", "false"), ("99", "0")])
def test_notes_are_read_with_concepts_parties_and_dates(code: str, valid: str) -> None:
    xml = response(
        a_note("2", "92", "ND7", concept("1", ("3", "Cambio del valor"))),
        a_note("1", "91", "NC4", concept("1", ("1", "Devolución"), ("9", "Otra cosa")) + concept("2", ("2", ""))),
    )
    found = notes_of(status(xml, code=code, valid=valid, name="GetReferenceNotes"), CUFE.upper())
    assert (found.key, len(found), found.unread) == (CUFE, 2, ())
    credit, debit = found
    assert (credit.code, credit.number, credit.key, credit.order, credit.is_credit) == ("91", "NC4", CUDE, 1, True)
    assert credit.effective_at == datetime(2026, 3, 3, 2, 30, tzinfo=UTC)
    assert credit.effective_at.isoformat() == "2026-03-02T21:30:00-05:00"
    assert credit.concepts == (
        NoteConcept("1", "Devolución", "1"), NoteConcept("9", "Otra cosa", "1"), NoteConcept("2", "", "2"),
    )  # fmt: skip
    assert credit.concept_labels[1] == "Otra cosa"
    assert (credit.issuer, credit.recipient and credit.recipient.name) == (SELLER, "Cafetería")
    assert (debit.number, debit.is_credit, debit.description) == ("ND7", False, "Nota de crédito electrónica")
    assert "ND7" in str(found)


def test_notes_that_cannot_be_read_are_told() -> None:
    assert notes_of(status(b"", code="66", valid="false"), CUFE).unread == ()
    assert notes_of(status(b"", code="99", valid="false"), CUFE).unread
    assert "no se puede leer" in notes_of(status(b"<a", code="00"), CUFE).unread[0]
    assert "Invoice" in notes_of(status(b"<Invoice/>", code="00"), CUFE).unread[0]
    odd = notes_of(status(response("<cac:Response/>")), CUFE)
    assert (len(odd), len(odd.unread)) == (1, 1)


# --- rules inside the answer -----------------------------------------------------------------------------------------


def verdict(code: str, *lines: tuple[str, str]) -> bytes:
    inner = "".join(concept(str(n), line) for n, line in enumerate((("0000", "0"), *lines), 1))
    about = f"<cac:DocumentReference><cbc:ID>SETP1</cbc:ID><cbc:UUID>{CUFE}</cbc:UUID></cac:DocumentReference>"
    return response(f"<cac:Response><cbc:ResponseCode>{code}</cbc:ResponseCode></cac:Response>{about}{inner}")


BLANKS = '<c:string i:nil="true"/><c:string> </c:string>'
NO_ERRORS = [
    "",
    "<b:ErrorMessage/>",
    '<b:ErrorMessage i:nil="true"/>',
    f'<b:ErrorMessage xmlns:c="{ARRAYS}">{BLANKS}</b:ErrorMessage>',
]


@pytest.mark.parametrize("errors", NO_ERRORS, ids=["missing", "empty", "nil", "blank items"])
def test_rules_come_from_inside_when_no_message_does(errors: str) -> None:
    xml = verdict("04", ("FAD06", "Valor del CUFE no está calculado correctamente"), ("FAJ43b", "Nombre"))
    found = status(xml, code="99", valid="false", errors=errors).faults
    assert [(fault.code, fault.severity) for fault in found] == [
        ("FAD06", Severity.RECHAZO), ("FAJ43b", Severity.NOTIFICACION),
    ]  # fmt: skip
    assert found[0].message == "Valor del CUFE no está calculado correctamente"
    assert {fault.source for fault in found} == {"dian"}


def test_rules_of_a_validated_document_are_notifications() -> None:
    found = status(verdict("02", ("FAD06", "x"), ("0", "La factura ha sido autorizada"))).faults
    assert [(fault.code, fault.severity) for fault in found] == [("FAD06", Severity.NOTIFICACION)]


def test_a_refusal_always_has_a_fault_that_rejects() -> None:
    found = status(verdict("04", ("FAJ43b", "Nombre")), code="99", valid="false").faults
    assert [(fault.code, fault.severity.name) for fault in found] == [("99", "RECHAZO"), ("FAJ43b", "NOTIFICACION")]


def test_messages_win_over_what_is_inside() -> None:
    errors = f'<b:ErrorMessage xmlns:c="{ARRAYS}"><c:string>Regla: FAK61, Rechazo: y</c:string></b:ErrorMessage>'
    found = status(verdict("04", ("FAD06", "x")), code="99", valid="false", errors=errors).faults
    assert [fault.code for fault in found] == ["FAK61"]


def test_rule_90_inside_names_the_document_that_was_accepted() -> None:
    found = status(verdict("04", ("90", f"Documento procesado anteriormente {CUDE}")), code="99", valid="false")
    assert found.already_processed
    assert found.named_keys() == (CUDE,)


def test_text_directly_in_error_message_is_read() -> None:
    found = status(code="99", valid="0", errors="<b:ErrorMessage>Regla: FAD06, Rechazo: x</b:ErrorMessage>")
    assert [(fault.code, fault.rejects) for fault in found.faults] == [("FAD06", True)]
    mixed = (
        f'<b:ErrorMessage xmlns:c="{ARRAYS}">uno<c:string>dos</c:string>tres<c:otro>cuatro</c:otro></b:ErrorMessage>'
    )
    assert status(code="99", valid="0", errors=mixed).messages == ("uno", "dos", "tres", "cuatro")


@pytest.mark.parametrize("code", ["66", "90"])
@pytest.mark.parametrize("inside", ["02", "04"])
def test_not_found_with_a_verdict_inside_is_no_not_found(code: str, inside: str) -> None:
    found = status(verdict(inside), code=code, valid="false")
    assert found.standing is Standing.UNRECOGNISED
    assert found.verdict is not None
    assert (found.verdict.code, found.verdict.key) == (inside, CUFE)
    assert status(b"<a/>", code=code, valid="false").standing is Standing.NOT_FOUND


@pytest.mark.parametrize(("written", "accepted"), [("1", True), ("0", False), ("", False), ("sí", False)])
def test_truth_values_of_every_spelling(written: str, accepted: bool) -> None:
    assert status(valid=written).standing is (Standing.ACCEPTED if accepted else Standing.UNRECOGNISED)


# --- found or not ----------------------------------------------------------------------------------------------------


def acquirer(body: str | bytes, status: int = 404) -> Any:
    return read_reply(reply(body, status), OPERATIONS["GetAcquirer"], local_time=NOW)


def test_an_acquirer_that_is_not_known_has_a_regular_body() -> None:
    members = (
        "<b:Message>El adquirente No existe en la base de datos</b:Message>"
        '<b:ReceiverEmail i:nil="true"/><b:ReceiverName i:nil="true"/><b:StatusCode>404</b:StatusCode>'
    )
    found = result("GetAcquirer", members, status=404)
    assert found == Acquirer("404", "El adquirente No existe en la base de datos", "", "")
    assert not found.found


@pytest.mark.parametrize("body", ["", "<html><title>Not Found</title></html>", "{}", "<otra/>", "nada"])
def test_any_404_says_that_the_acquirer_is_not_known(body: str) -> None:
    found = acquirer(body)
    assert (found.found, found.code) == (False, "404")
    assert "404" in found.message


def test_a_document_is_found_by_code_and_content() -> None:
    content = b64encode(b"<x/>").decode()
    for code, written, found in (
        ("200", content, True),
        ("404", content, False),
        ("200", "", False),
        ("404", "", False),
    ):
        members = f"<b:Code>{code}</b:Code><b:XmlBytesBase64>{written}</b:XmlBytesBase64>"
        assert result("GetXmlByDocumentKey", members).found is found, (code, written)


# --- the document's information --------------------------------------------------------------------------------------


def nested(tag: str, space: str, prefix: str, inner: str) -> str:
    return f'<{tag} xmlns:{prefix}="{DATA}{space}">{inner}</{tag}>'


def entity(tag: str, number: str, kind: str = "Nit") -> str:
    return nested(tag, "Entidad", "e", f"<e:Nombre>Empresa</e:Nombre><e:NumeroDoc>{number}</e:NumeroDoc>"
                  f"<e:Procedencia>RUT</e:Procedencia><e:TipoDoc>{kind}</e:TipoDoc>")  # fmt: skip


def numbered(tag: str, issued: str = "2026-03-02") -> str:
    return nested(tag, "NumeroDocumento", "n", f"<n:FechaEmision>{issued}</n:FechaEmision><n:FechaFirma>2026-03-02"
                  "</n:FechaFirma><n:Folio>990000001</n:Folio><n:Serie>SETP</n:Serie>")  # fmt: skip


def totals(tag: str) -> str:
    return nested(tag, "TotalEImpuestos", "t", "<t:Iva>2.775E3</t:Iva><t:Total>58275.05</t:Total>")


def checks(tag: str) -> str:
    one = (
        "<v:ValidacionDoc><v:IsNotification>1</v:IsNotification><v:IsValida>false</v:IsValida><v:MensajeError>texto"
        "</v:MensajeError><v:Nombre>FAJ43b</v:Nombre><v:Status>Notificación</v:Status></v:ValidacionDoc>"
    )
    return nested(tag, "ValidacionDoc", "v", f'{one}<v:ValidacionDoc i:nil="true"/>')


def references(tag: str) -> str:
    one = (
        "<r:ReferenciaDocumento><r:Descripcion>Factura</r:Descripcion><r:DocumentTypeId>1</r:DocumentTypeId>"
        f"<r:DocumentTypeName>Factura</r:DocumentTypeName>{entity('r:Emisor', '700085371')}<r:Fecha>2026-03-02"
        f"</r:Fecha>{entity('r:Receptor', '800199436', '31')}<r:UUID>{CUFE}</r:UUID></r:ReferenciaDocumento>"
    )
    return nested(tag, "ReferenciaDocumento", "r", one)


EVENT = (
    f"<v:Evento><v:Codigo>030</v:Codigo><v:Descripcion>Acuse</v:Descripcion>{entity('v:Emisor', '800199436')}"
    f"{numbered('v:NumeroDocumento')}{entity('v:Receptor', '700085371')}{references('v:ReferenciasDocumento')}"
    f"<v:UUID>{CUDE}</v:UUID>{checks('v:ValidacionesDoc')}</v:Evento>"
)
REASON = "<c:Codigo>2</c:Codigo><c:Descripcion>Anulación</c:Descripcion><c:Nombre>Anulación</c:Nombre>"
HOLDER = "<h:FechaInscripcionComoTituloValor>2026-04-01</h:FechaInscripcionComoTituloValor><h:Nombre>Fondo</h:Nombre>"
NOTE = (
    f"<o:Nota>{nested('o:ConceptoCorreccion', 'ConceptoCorreccion', 'c', REASON)}{entity('o:Emisor', '700085371')}"
    f"{nested('o:LegitimoTenedor', 'LegitimoTenedor', 'h', HOLDER)}<o:NombreTipoDocumento>Nota crédito"
    f"</o:NombreTipoDocumento>{numbered('o:NumeroDocumento')}{entity('o:Receptor', '800199436')}"
    f"{totals('o:TotalEImpuestos')}<o:UUID>{CUDE}</o:UUID>{checks('o:ValidacionesDoc')}</o:Nota>"
)
NIL_NOTE = '<o:Nota i:nil="true"/>'
STATES = (
    f'<d:Estado xmlns:k="{ARRAYS}"><k:KeyValueOfintstring><k:Key>7</k:Key><k:Value>uno</k:Value>'
    '</k:KeyValueOfintstring><k:KeyValueOfintstring><k:Key>7</k:Key><k:Value i:nil="true"/>'
    "</k:KeyValueOfintstring></d:Estado>"
)


def information(more: str = "", *, issued: str = "2026-03-02") -> DocumentInfo:
    document = (
        "<d:Documento><d:DocumentCode>Estándar</d:DocumentCode><d:DocumentDescription>Venta</d:DocumentDescription>"
        f"{nested('d:DocumentTags', 'Nota', 'o', NOTE + NIL_NOTE)}<d:DocumentTypeId>1</d:DocumentTypeId>"
        f"<d:DocumentTypeName>Factura</d:DocumentTypeName>{entity('d:Emisor', '700085371')}{STATES}"
        f"{nested('d:Eventos', 'Evento', 'v', EVENT)}{nested('d:LegitimoTenedor', 'LegitimoTenedor', 'h', HOLDER)}"
        f"{numbered('d:NumeroDocumento', issued)}{entity('d:Receptor', '800199436', '31')}"
        f"{references('d:Referencias')}{totals('d:TotalEImpuestos')}<d:UUID>{CUFE}</d:UUID>"
        f"{checks('d:ValidacionesDoc')}{more}</d:Documento>"
    )
    listed = nested("b:DocumentInfo", "Documento", "d", f'{document}<d:Documento i:nil="true"/>')
    members = (
        f"<b:CompressedDocumentInfo>opaco</b:CompressedDocumentInfo>{listed}<b:StatusCode>200</b:StatusCode>"
        "<b:StatusDescription>OK</b:StatusDescription>"
    )
    found: DocumentInfo = result("GetDocumentInfo", members)
    return found


def test_the_tree_of_a_document_is_read_whole() -> None:
    info = information()
    assert (info.found, info.code, info.description, info.compressed) == (True, "200", "OK", "opaco")
    (document,) = info.documents
    assert (document.key, document.code, document.type_id, document.type_code) == (CUFE, "Estándar", "1", "01")
    assert (document.description, document.type_name) == ("Venta", "Factura")
    assert document.issuer is not None
    assert document.recipient is not None
    assert (document.issuer.id, document.issuer.known_type, document.issuer.origin) == ("700085371", IdType.NIT, "RUT")
    assert (document.recipient.id_type, document.recipient.known_type) == ("31", IdType.NIT)
    assert document.states == ((7, "uno"), (7, ""))
    assert (document.totals.iva, document.totals.total) == (Decimal("2775"), Decimal("58275.05"))
    assert (document.number.prefix, document.number.number, document.number.issued_on) == (
        "SETP", "990000001", date(2026, 3, 2),
    )  # fmt: skip
    assert document.holder is not None
    assert document.holder.registered_on == date(2026, 4, 1)
    (check,) = document.checks
    assert (check.name, check.message, check.status, check.is_valid, check.is_notification) == (
        "FAJ43b", "texto", "Notificación", False, True,
    )  # fmt: skip
    (event,), (note,), (reference,) = document.events, document.notes, document.references
    assert (event.code, event.key, len(event.checks), event.references) == ("030", CUDE, 1, document.references)
    assert (note.key, note.concept and note.concept.code, note.totals) == (CUDE, "2", document.totals)
    assert (note.holder, note.number, note.type_name) == (document.holder, event.number, "Nota crédito")
    assert (reference.key, reference.on, reference.issuer) == (CUFE, date(2026, 3, 2), document.issuer)
    assert not document.others


def test_what_the_tree_has_no_place_for_is_kept() -> None:
    info = information("<d:Nuevo><d:Dato>1</d:Dato></d:Nuevo><d:UUID>otro</d:UUID>", issued="2 de marzo")
    (document,) = info.documents
    assert document.others == (("Nuevo", (("Dato", "1"),)), ("UUID", "otro"))
    assert (document.number.issued_on, document.number.others) == (None, (("FechaEmision", "2 de marzo"),))
    odd = "<d:Documento><d:TotalEImpuestos><t>mil</t><Iva>NaN</Iva></d:TotalEImpuestos></d:Documento><d:Otro>x</d:Otro>"
    listed = nested("b:DocumentInfo", "Documento", "d", odd)
    found = result("GetDocumentInfo", f"{listed}<b:StatusCode>404</b:StatusCode><b:Extra>y</b:Extra>")
    assert found.others == (("Extra", "y"),)
    assert not found.found
    first, second = found.documents
    assert first.totals.others == (("t", "mil"), ("Iva", "NaN"))
    assert second.others == (("Otro", "x"),)


def test_without_information_there_is_none() -> None:
    for members in (
        '<b:DocumentInfo i:nil="true"/><b:StatusCode>404</b:StatusCode>',
        "<b:StatusCode>404</b:StatusCode>",
    ):
        found = result("GetDocumentInfo", members)
        assert (found.code, found.documents, found.found) == ("404", (), False)
    empty = result("GetDocumentInfo", "")
    assert (empty.code, empty.documents) == ("", ())


# --- numbering, events -----------------------------------------------------------------------------------------------


def test_one_resolution_gives_a_row_for_each_prefix() -> None:
    def row(prefix: str, key: str, first: str) -> str:
        return (
            "<c:NumberRangeResponse><c:ResolutionNumber>18764000000001</c:ResolutionNumber><c:ResolutionDate>2026-01-02"
            f"</c:ResolutionDate><c:Prefix>{prefix}</c:Prefix><c:FromNumber>{first}</c:FromNumber><c:ToNumber>5000"
            "</c:ToNumber><c:ValidDateFrom>2026-01-02T00:00:00</c:ValidDateFrom><c:ValidDateTo>2028-01-02"
            f"</c:ValidDateTo>{key}</c:NumberRangeResponse>"
        )

    long = "0f" * 32
    rows = row("DS", '<c:TechnicalKey i:nil="true"/>', "1") + row("FV", f"<c:TechnicalKey>{long}</c:TechnicalKey>", "1")
    space = f"{DATA}NumberRangeResponse"
    members = (
        "<b:OperationCode>100</b:OperationCode><b:OperationDescription>Acción completada OK.</b:OperationDescription>"
        f'<b:ResponseList xmlns:c="{space}"><c:NumberRangeResponse i:nil="true"/>{rows}</b:ResponseList>'
    )
    found = result("GetNumberingRange", members)
    assert [(each.prefix, each.technical_key) for each in found.rows] == [("DS", ""), ("FV", long)]


def test_events_in_an_answer_that_says_not_found_are_read() -> None:
    one = (
        "<cac:Response><cbc:ReferenceID>1</cbc:ReferenceID><cbc:ResponseCode>030</cbc:ResponseCode></cac:Response>"
        f"<cac:DocumentReference><cbc:ID>AC1</cbc:ID><cbc:UUID>{CUDE}</cbc:UUID></cac:DocumentReference>{PARTIES}"
    )
    found = events_of(status(response(one), code="66", valid="false", name="GetStatusEvent"), CUFE)
    (event,) = found.history
    assert (event.key, event.order, event.issuer) == (CUDE, 1, SELLER)


# --- damaged ---------------------------------------------------------------------------------------------------------


def test_a_damaged_answer_is_typed_or_a_transport_error() -> None:
    """Cut or changed anywhere, inside or outside, it is never taken for a yes that was not there."""
    xml = verdict("04", ("FAD06", "x"))
    members = (
        f"<b:IsValid>false</b:IsValid><b:StatusCode>99</b:StatusCode><b:XmlBase64Bytes>{b64encode(xml).decode()}"
        "</b:XmlBase64Bytes><b:XmlBytes>eA==</b:XmlBytes>"
    )
    whole = envelope(
        f'<GetStatusResponse xmlns="http://wcf.dian.colombia"><GetStatusResult xmlns:b="{DATA}">{members}'
        "</GetStatusResult></GetStatusResponse>"
    ).encode()
    told = read_reply(reply(whole), OPERATIONS["GetStatus"], local_time=NOW)
    assert (told.standing, told.xml_bytes) == (Standing.REJECTED, b"x")
    dice = random.Random(7)
    for _ in range(400):
        place = dice.randrange(1, len(whole))
        damaged = dice.choice((whole[:place], whole[:place] + bytes([dice.randrange(256)]) + whole[place + 1 :]))
        outcome: Any
        try:
            outcome = read_reply(reply(damaged), OPERATIONS["GetStatus"], local_time=NOW).standing
        except TransportError as error:
            outcome = error.excerpt
        assert outcome, damaged
        assert outcome is not Standing.ACCEPTED
    for _ in range(400):
        place = dice.randrange(len(xml))
        inside = dice.choice((xml[:place], xml[:place] + bytes([dice.randrange(256)]) + xml[place + 1 :]))
        found = status(inside, code="99", valid="false")
        assert any(fault.severity is Severity.RECHAZO for fault in found.faults)
        str(events_of(found, CUFE))
        str(notes_of(found, CUFE))


# --- no answer -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "item", ["<b:DianResponse>texto</b:DianResponse>", "<b:DianResponse><b:X>1</b:X></b:DianResponse>"]
)
def test_an_item_of_unknown_form_is_no_pending_document(item: str) -> None:
    with pytest.raises(UnreadableAnswer, match="DianResponse"):
        result("GetStatusZip", item)


@pytest.mark.parametrize(
    "inner",
    [
        "<GetStatusResponse><GetStatusResult>Procesado Correctamente.</GetStatusResult></GetStatusResponse>",
        "<GetStatusResponse><GetStatusResult><Otro>1</Otro></GetStatusResult></GetStatusResponse>",
        "<GetStatusResponse><OtroResult><StatusCode>00</StatusCode></OtroResult></GetStatusResponse>",
        "<GetStatusResponse><GetStatusResult><IsValid>false</IsValid><IsValid>true</IsValid></GetStatusResult>"
        "</GetStatusResponse>",
    ],
    ids=["bare text", "unknown members", "another result", "a member twice"],
)
def test_a_result_of_unknown_form_is_told_with_its_beginning(inner: str) -> None:
    with pytest.raises(UnreadableAnswer) as caught:
        read_reply(reply(envelope(inner)), OPERATIONS["GetStatus"], local_time=NOW)
    assert caught.value.excerpt.startswith("«<GetStatusResponse")
    assert "GetStatusResponse" in str(caught.value)


def test_a_rejection_without_messages_tells_its_rules(dian: Simulator) -> None:
    wrong = signed(dian, resolution=dian.resolution("SETP").replace(technical_key="0" * 40))

    def silent(request: Request, exchange: Any) -> Any:
        told = exchange(request)
        body = re.sub(rb"<b:ErrorMessage.*</b:ErrorMessage>", b'<b:ErrorMessage i:nil="true"/>', told.body)
        assert body != told.body
        return replace(told, body=body)

    with client(dian, Recorder(dian, silent)) as ws:
        answer = ws.send(wrong)
    assert answer.outcome == "rejected"
    assert "FAD06" in [fault.code for fault in answer.rejections]


# --- a yes that nobody gave, and what came besides -------------------------------------------------------------------

REJECTING = response("<cac:Response><cbc:ResponseCode>04</cbc:ResponseCode></cac:Response>")
YES = "<b:IsValid>true</b:IsValid><b:StatusCode>00</b:StatusCode>"


def test_an_acceptance_whose_answer_rejects_is_none() -> None:
    assert status().standing is Standing.ACCEPTED
    assert status(REJECTING).standing is Standing.UNRECOGNISED
    assert status(REJECTING.replace(b"04</", b"02</")).standing is Standing.ACCEPTED


@pytest.mark.parametrize(
    "body",
    [
        f"<GetStatusResponse><GetStatusResult>{YES}</GetStatusResult><GetStatusResult/></GetStatusResponse>",
        f"<GetStatusResponse><GetStatusResult>{YES}</GetStatusResult></GetStatusResponse><GetStatusResponse/>",
        f"<GetStatusResponse><GetStatusResult>{YES}</GetStatusResult></GetStatusResponse><s:Fault/>",
        f"<GetStatusResponse><GetStatusResult>{YES.replace('00', '<x>00</x>')}</GetStatusResult></GetStatusResponse>",
        "<GetStatusResponse><GetStatusResult><b:IsValid><b:x>true</b:x></b:IsValid></GetStatusResult></GetStatusResponse>",
    ],
)
def test_a_doubled_or_nested_answer_is_no_yes(body: str) -> None:
    sent = envelope(body.replace("<GetStatusResponse>", f'<GetStatusResponse xmlns:b="{DATA}">'))
    with pytest.raises(UnreadableAnswer):
        read_reply(reply(sent), OPERATIONS["GetStatus"], local_time=NOW)


def test_unknown_members_beside_known_ones_are_kept() -> None:
    found = result("GetStatus", f"{YES}<b:New>1</b:New><b:More><b:x>2</b:x></b:More>")
    assert found.others == (("New", "1"), ("More", (("x", "2"),)))
    row = "<b:NumberRangeResponse><b:Prefix>A</b:Prefix><b:New>3</b:New></b:NumberRangeResponse>"
    ranges = result("GetNumberingRange", f"<b:New>4</b:New><b:ResponseList>{row}</b:ResponseList>")
    assert (ranges.others, ranges.rows[0].others) == ((("New", "4"),), (("New", "3"),))
    with pytest.raises(UnreadableAnswer, match="Fila"):
        result("GetNumberingRange", "<b:ResponseList><b:Fila/></b:ResponseList>")


def test_content_beside_an_error_code_is_not_found() -> None:
    inner = "<b:XmlBytesBase64>PGE+</b:XmlBytesBase64>"
    assert result("GetXmlByDocumentKey", f"<b:Code>200</b:Code>{inner}").found
    assert not result("GetXmlByDocumentKey", f"<b:Code>500</b:Code>{inner}").found
    assert not result("GetAcquirer", "<b:ReceiverName>x</b:ReceiverName><b:StatusCode>500</b:StatusCode>").found
    empty = "<b:StatusCode>200</b:StatusCode><b:DocumentInfo><b:Documento/></b:DocumentInfo>"
    assert not result("GetDocumentInfo", empty).found


def test_an_event_somewhere_inside_is_told_and_not_believed() -> None:
    event = "<cac:Response><cbc:ResponseCode>033</cbc:ResponseCode></cac:Response>"
    inner = f"<x><cac:DocumentResponse>{event}</cac:DocumentResponse></x>"
    xml = response().replace(b"<cbc:ID>1</cbc:ID>", inner.encode())
    found = events_of(status(xml, name="GetStatusEvent"), CUFE)
    assert not tuple(found.history)
    assert found.history.unread
