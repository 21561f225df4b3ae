"""The parser refuses what could harm and says where what it cannot read is."""

from __future__ import annotations

import pickle
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from dian_fe._xmlsafe import MAX_BYTES, parse, tidy
from dian_fe.errors import DianFeError, InvalidInput, MalformedXml, UnsafeXml

BOM = b"\xef\xbb\xbf"


def billion_laughs(place: bytes = b"<a>&l9;</a>") -> bytes:
    entities = b"<!ENTITY l0 'lolololol'>"
    for level in range(1, 10):
        entities += b"<!ENTITY l%d '%s'>" % (level, b"&l%d;" % (level - 1) * 10)
    return b"<!DOCTYPE a [" + entities + b"]>" + place


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<!DOCTYPE a><a/>", id="bare"),
        pytest.param(b"<?xml version='1.0'?>\n<!-- x > y -->\n<?pi a?>\r\n\t<!DOCTYPE a><a/>", id="after prolog"),
        pytest.param(BOM + b"<!DOCTYPE a><a/>", id="after BOM"),
        pytest.param(billion_laughs(), id="billion laughs in content"),
        pytest.param(billion_laughs(b"<a b='&l9;'/>"), id="billion laughs in attribute"),
        pytest.param(b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", id="external entity"),
        pytest.param(b"<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'><a/>", id="external DTD"),
        pytest.param(b"<!DOCTYPE a [<!ENTITY % x SYSTEM 'file:///etc/passwd'> %x;]><a/>", id="parameter entity"),
        pytest.param(b"<!DOCTYPE a [<!ENTITY x '&y;'><!ENTITY y '&x;'>]><a b='&x;'/>", id="loop"),
        pytest.param("<?xml version='1.0' encoding='utf-16'?><!DOCTYPE a><a/>".encode("utf-16"), id="UTF-16"),
        pytest.param(
            "<?xml version='1.0' encoding='utf-16'?>".encode("utf-16") + billion_laughs().decode().encode("utf-16")[2:],
            id="billion laughs in UTF-16",
        ),
    ],
)
@pytest.mark.parametrize("tolerant", [False, True])
def test_doctype_is_refused_at_once(data: bytes, tolerant: bool) -> None:
    with pytest.raises(UnsafeXml) as caught:
        parse(data, tolerant=tolerant)
    assert caught.value.remedy


def test_doctype_inside_an_embedded_document_is_text() -> None:
    root = parse(b"<a><![CDATA[<?xml version='1.0'?><!DOCTYPE b><b/>]]></a>")
    assert root.text == "<?xml version='1.0'?><!DOCTYPE b><b/>"


@pytest.mark.parametrize("size", [50_000_000, MAX_BYTES + 1])
def test_large_input_is_refused_before_parsing(size: int) -> None:
    data = b"<a>" + b"<b/>" * (size // 4) + b"</a>"
    with pytest.raises(UnsafeXml, match="más grande"):
        parse(data)


def test_limit_can_be_moved() -> None:
    data = b"<a>" + b"<b/>" * 100 + b"</a>"
    with pytest.raises(UnsafeXml):
        parse(data, max_bytes=len(data) - 1)
    assert len(parse(data, max_bytes=len(data))) == 100


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<a>" * 300 + b"</a>" * 300, id="depth"),
        pytest.param(b"<a>" + b"x" * 11_000_000 + b"</a>", id="one text"),
        pytest.param(b"<a b='" + b"x" * 11_000_000 + b"'/>", id="one attribute"),
    ],
)
def test_limits_of_depth_and_text(data: bytes) -> None:
    with pytest.raises(UnsafeXml, match="256"):
        parse(data)


def test_depth_of_real_documents_passes() -> None:
    assert parse(b"<a>" * 200 + b"</a>" * 200) is not None


def test_many_prolog_pieces_do_not_slow_down() -> None:
    data = b"<!-- -->\n" * 20_000 + BOM * 200_000 + b" " * 1_000_000 + b"<!DOCTYPE a><a/>"
    with pytest.raises(UnsafeXml):
        parse(data)
    tidy((BOM + b" ") * 200_000 + b"<a/>")


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", 1, "no empieza por una etiqueta"),
        (b"hola", 1, "no empieza por una etiqueta"),
        (b"PK\x03\x04", 1, "no empieza por una etiqueta"),
        (b"<a>\n<b></a>", 2, "cierre no corresponde"),
        (b"<a>\n<b>", 2, "termina antes"),
        (b"<a>x & y</a>", 1, "«&»"),
        (b"<a>&foo bar</a>", 1, "«&» sin escapar"),
        (b"<a>&nbsp;</a>", 1, "entidad que XML no define"),
        (b"<a/>\n<b/>", 2, "después de cerrar"),
        (b"<a>\x01</a>", 1, "carácter de control"),
        (b"<a>\xff\xfe</a>", 1, "codificación declarada"),
        (b"<?xml version='1.0' encoding='foo'?><a/>", 1, "codificación desconocida"),
        (b"<a x='1' x='2'/>", 1, "dos veces"),
        (b"<a x='<'/>", 1, "«<» sin escapar"),
        (b"<x:a/>", 1, "prefijo sin declarar"),
        (b"\n<?xml version='1.0'?><a/>", 2, "no está al comienzo"),
        (b"<a b/>", 1, "no cumple la sintaxis"),
        (b"<!-- <!DOCTYPE a>", 1, "no cumple la sintaxis"),
    ],
)
def test_malformed_says_where_and_why(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(MalformedXml) as caught:
        parse(data)
    error = caught.value
    assert reason in error.message
    assert re.match(rf"línea {line}, columna \d+: .", error.found or "")
    assert error.remedy
    assert isinstance(error, ValueError)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize("data", ["<a/>", None, 3, bytearray(b"<a/>")])
def test_only_bytes(data: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(data)  # type: ignore[arg-type]
    assert caught.value.found == type(data).__name__
    assert caught.value.expected == "bytes"


def test_encodings() -> None:
    assert parse("<?xml version='1.0' encoding='ISO-8859-1'?><a>ñ</a>".encode("latin-1")).text == "ñ"
    assert parse("<?xml version='1.0' encoding='UTF-16'?><a>ñ</a>".encode("utf-16")).text == "ñ"
    assert parse("<a>ñ</a>".encode()).text == "ñ"
    assert parse(BOM + "<a>ñ</a>".encode()).text == "ñ"


@pytest.mark.parametrize("before", [b" ", b"\r\n\t ", BOM, BOM + b"\n", b"\n" + BOM, BOM + BOM])
def test_tolerant_forgives_and_tidy_tells(before: bytes) -> None:
    document = b"<?xml version='1.0' encoding='UTF-8'?>\n<a> x </a>\n"
    assert parse(before + document, tolerant=True).text == " x "
    data, notes = tidy(before + document)
    assert data == document
    assert any("BOM" in note for note in notes) == (BOM in before)
    assert any("espacios" in note for note in notes) == any(blank in before for blank in b" \t\r\n")


def test_strict_does_not_forgive_and_clean_bytes_have_no_notes() -> None:
    with pytest.raises(MalformedXml):
        parse(b" <?xml version='1.0'?><a/>")
    assert tidy(b"<a/>") == (b"<a/>", ())


def test_nothing_of_the_text_is_lost() -> None:
    root = parse(b"<a> <!-- c --><?p i?><b> x&amp;y&#13; <![CDATA[<z>]]></b>\n</a>")
    assert [type(child).__name__ for child in root] == ["_Comment", "_ProcessingInstruction", "_Element"]
    assert root.findtext("b") == " x&y\r <z>"


def test_threads() -> None:
    good = b"<a>" + b"<b c='d'>x</b>" * 500 + b"</a>"

    def work(turn: int) -> int | str:
        try:
            return len(parse(good if turn % 2 else b"<a><b></a>"))
        except DianFeError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(200))) == ["malformed_xml", 500] * 100
