"""DIAN's lines become faults, however they are written."""

import pytest

from dian_fe.faults import Severity
from dian_fe.rules import explain, parse_line, parse_lines

R, N = Severity.RECHAZO, Severity.NOTIFICACION


@pytest.mark.parametrize(
    ("text", "code", "severity", "message"),
    [
        ("Regla: FAD06, Rechazo: El CUFE no corresponde.", "FAD06", R, "El CUFE no corresponde."),
        ("Regla: FAJ44b, Notificación: NIT no registrado", "FAJ44b", N, "NIT no registrado"),
        ("regla fad06 - RECHAZO el cufe no corresponde", "FAD06", R, "el cufe no corresponde"),
        ("REGLA: FAB10A, NOTIFICACION: otro prefijo", "FAB10a", N, "otro prefijo"),
        ("Regla: 90, Rechazo: Documento procesado anteriormente.", "90", R, "Documento procesado anteriormente."),
        ("Regla: VLR01, Rechazo: Valor negativo", "VLR01", R, "Valor negativo"),
        ("Regla: ZB01, Rechazo: Fallo en\nel esquema", "ZB01", R, "Fallo en\nel esquema"),
        ("FAD16: el número de líneas no coincide", "FAD16", R, "el número de líneas no coincide"),
        ("CAD03 El perfil no es válido", "CAD03", N, "El perfil no es válido"),
        ("Regla: XYZ99, Rechazo: algo nuevo", "XYZ99", R, "algo nuevo"),
        ("Regla: XYZ99: algo nuevo", "XYZ99", R, "algo nuevo"),
        ("Notificación: sin regla", "dian", N, "sin regla"),
        ("El documento no se pudo procesar", "dian", R, "El documento no se pudo procesar"),
        ("Los 50 documentos se recibieron", "dian", R, "Los 50 documentos se recibieron"),
    ],
)  # fmt: skip
def test_lines(text: str, code: str, severity: Severity, message: str) -> None:
    fault = parse_line(text)
    assert (fault.code, fault.severity, fault.message, fault.source) == (code, severity, message, "dian")


def test_what_the_line_leaves_out_comes_from_what_is_known() -> None:
    fault = parse_line("Regla: FAD06, Rechazo")
    known = explain("FAD06")
    assert fault.message == known.message
    assert (fault.hint, fault.xpath, fault.path) == (known.hint, "/Invoice/cbc:UUID", "control.key")


def test_an_alias_keeps_its_code_and_gains_a_remedy() -> None:
    fault = parse_line("Regla: FAB22, Rechazo: falta el DV")
    assert (fault.code, fault.message) == ("FAB22", "falta el DV")
    assert fault.hint


def test_blank_lines_say_nothing() -> None:
    assert [fault.code for fault in parse_lines(["", "Regla: FAD06, Rechazo: x", "  "])] == ["FAD06"]
