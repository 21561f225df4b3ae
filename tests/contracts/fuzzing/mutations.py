"""Ways to damage a file: its bytes, its texts, its XML tree, its ZIP, and sound forms of it that are seldom seen.

Every choice comes from the dice, so that the same seed and the same parents give the same input.
"""

from __future__ import annotations

import base64
import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import deepcopy
from typing import Any, TypeAlias

from lxml import etree

Mutation: TypeAlias = Callable[[bytes, random.Random, Sequence[bytes]], bytes]

MAX_BYTES = 2 * 1024 * 1024
"""Longer ones are cut: mutations pile up."""

TOKENS = (
    *(b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?xml ", b"?>", b"&lt;", b"&amp;amp;", b"&#0;"),
    *(b'"', b"'", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xf0\x9f\x98\x80", b"\r", b"\x0b", b"&#xD;", b"\xe2\x80\xa8"),
    *(
        b"<!DOCTYPE a>",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        b"&b;",
        b"xmlns:x='y'",
        b" xmlns='z'",
    ),
    *(b"cbc:", b"<cbc:ID>", b"</cbc:ID>", b"<cac:Party>", b"encoding='UTF-16'", b"Id='a'", b"-1E+999", b"9" * 400),
    *(
        b"2026-13-99",
        b"NaN",
        b"PK\x03\x04",
        b"%PDF-",
        b"<Invoice/>",
        b" " * 1000,
        b"<?xml-stylesheet href='file:///'?>",
    ),
    b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>',
)
VALUES = (
    *("", " ", "0", "-1", "1E400", "1e9999999", "NaN", "9" * 500, "0.1234567890123", "1,5", "-0", "٣", "²", "Infinity"),
    *("2026-13-45", "31/12/2026", "0001-01-01", "9999-12-31", "2026-03-02Z", "25:61:61", "10:00:00+99:00", "24:00:00"),
    *("2026-03-02T10:15:30-05:00", "+999999-01-01", "0000-00-00", "2026-02-30T24:00:00", "10:15:30.1234567890-05:00"),
    *("O-13;;O-15", ";" * 3000, "a@b", "Ñandú 😀", "<a>", "&lt;Invoice/&gt;", "]]>", "\u202e", "\ufeff", "\u2028"),
    *(
        "x" * 100_000,
        "02",
        "04",
        "91",
        "01",
        "22",
        "UBL 2.1",
        "USD",
        "XXX",
        "CO",
        "31",
        "1",
        "2",
        "ab" * 48,
        "\t\n",
        "#",
    ),
    *(
        "urn:dian-fe:relative:41",
        "CUFE-SHA384",
        "CUDE-SHA384",
        "CUDS-SHA384",
        "Factura Electrónica de Venta",
        "#k",
        "#p",
    ),
    *("http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2000/09/xmldsig#sha1", "#xpointer(/)", "file:///"),
    *("http://www.w3.org/2000/09/xmldsig#hmac-sha1", "http://www.w3.org/2000/09/xmldsig#enveloped-signature", "AAAA"),
    *("http://www.w3.org/TR/1999/REC-xpath-19991116", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "MII="),
)
_TEXT = re.compile(rb">([^<>]{1,300})<|=\"([^\"<>]{1,300})\"")
_DIGEST = re.compile(rb"(?<=[>\"])[A-Za-z0-9+/]{20,}={0,2}(?=[<\"])")


def few(dice: random.Random) -> int:
    return dice.choice((1, 1, 1, 2, 3, 8))


def damaged(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Change bytes anywhere."""
    changed = bytearray(data)
    for _ in range(few(dice)):
        at = dice.randrange(len(changed) + 1)
        until = min(len(changed), at + dice.choice((0, 1, 3, 50, 3000)))
        act = dice.randrange(6)
        if act == 0:
            changed[at:until] = dice.choice(TOKENS)
        elif act == 1:
            del changed[at:until]
        elif act == 2:
            changed[at:at] = changed[at:until]
        elif act == 3 and at < len(changed):
            changed[at] = dice.randrange(256)
        elif act == 4 and at < len(changed):
            changed[at] ^= 1 << dice.randrange(8)
        else:
            other = dice.choice(others)
            start = dice.randrange(len(other) or 1)
            changed[at:until] = other[start : start + dice.choice((1, 20, 500))]
    return bytes(changed)


def revalued(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Change texts and attribute values only, so that what was XML still is."""
    for _ in range(few(dice)):
        places = list(_TEXT.finditer(data))
        if not places:
            return damaged(data, dice, others)
        place = dice.choice(places)
        group = 1 if place[1] is not None else 2
        value = dice.choice(VALUES).encode() if dice.random() < 0.7 else dice.choice(places)[0][1:-1].strip(b'"')
        data = data[: place.start(group)] + value + data[place.end(group) :]
    return data


def recoded(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Change what base64 stands for: certificates, digests, signature values, whole documents."""
    places = list(_DIGEST.finditer(data))
    if not places:
        return revalued(data, dice, others)
    place = dice.choice(places)
    try:
        inner = damaged(base64.b64decode(place[0]), dice, others)
    except ValueError:
        return damaged(data, dice, others)
    return data[: place.start()] + base64.b64encode(inner) + data[place.end() :]


def restructured(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Change the tree: what is where, how it is named, how often, how deep."""
    root = tree(data)
    if root is None:
        return damaged(data, dice, others)
    restructure(root, dice, others)
    return written(root, dice)


def restructure(root: Any, dice: random.Random, others: Sequence[bytes]) -> None:
    """Change the tree in place."""
    for _ in range(few(dice)):
        elements = list(root.iter(etree.Element))
        with suppress(ValueError):  # lxml reads names that it does not make
            dice.choice(_TREE)(dice.choice(elements), elements, dice, others)


def written(root: Any, dice: random.Random) -> bytes:
    encoding = dice.choice(("UTF-8", "UTF-8", "UTF-8", "UTF-8", "ISO-8859-1", "UTF-16", "windows-1252"))
    declared = encoding != "UTF-8" or dice.random() < 0.8
    pretty = dice.random() < 0.1
    data: bytes = etree.tostring(root.getroottree(), encoding=encoding, xml_declaration=declared, pretty_print=pretty)
    return data.replace(b"\n", b"\r\n") if dice.random() < 0.05 else data


def tree(data: bytes) -> Any:
    """Parse, whatever it takes; None when nothing comes of it."""
    try:
        return etree.fromstring(data, etree.XMLParser(recover=True, resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _remove(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    if element.getparent() is not None:
        element.getparent().remove(element)


def _repeat(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    if element.getparent() is None or len(elements) > 5000:
        return
    for _ in range(dice.choice((1, 1, 2, 30)) if len(list(element.iter())) < 40 else 1):
        element.addnext(deepcopy(element))


def _move(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    target = dice.choice(elements)
    if element.getparent() is None or element in target.iterancestors() or element is target:
        return
    target.insert(dice.randrange(len(target) + 1), element)


def _copy_to(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    dice.choice(elements).append(deepcopy(element))


def _rename(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    element.tag = dice.choice(elements).tag


def _renamespace(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    space = dice.choice(("", "urn:x", etree.QName(dice.choice(elements)).namespace or ""))
    element.tag = etree.QName(space or None, etree.QName(element).localname)


def _attribute(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    names = [
        "Id",
        "ID",
        "URI",
        "Algorithm",
        "schemeID",
        "schemeName",
        "currencyID",
        "listName",
        "unitCode",
        *element.attrib,
    ]
    name = dice.choice(
        (*names, "{http://www.w3.org/XML/1998/namespace}id", "{http://www.w3.org/XML/1998/namespace}base")
    )
    if name in element.attrib and dice.random() < 0.4:
        del element.attrib[name]
    else:
        element.set(name, _spelled(dice.choice(VALUES)))


def _text(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    value = _spelled(dice.choice(VALUES)) if dice.random() < 0.8 else dice.choice(elements).text
    if dice.random() < 0.8:
        element.text = value
    elif element.getparent() is not None:
        element.tail = value


def _empty(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    for child in list(element):
        element.remove(child)


def _wrap(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    parent = element.getparent()
    if parent is None:
        return
    outer = etree.Element(dice.choice(elements).tag)
    parent.replace(element, outer)
    outer.append(element)


def _deepen(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    for _ in range(dice.choice((3, 30, 100, 260))):
        element = etree.SubElement(element, element.tag)


def _swap(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    following = element.getnext()
    if following is not None and element.getparent() is not None:
        following.addnext(element)


def _note(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    odd = etree.Comment(" xmlns='x' ") if dice.random() < 0.6 else etree.ProcessingInstruction("x", "y")
    element.insert(dice.randrange(len(element) + 1), odd)


def _graft(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    other = tree(dice.choice(others))
    if other is not None:
        element.append(dice.choice(list(other.iter(etree.Element))))


def _embed(element: Any, elements: list[Any], dice: random.Random, others: Sequence[bytes]) -> None:
    """Carry another file as text: in CDATA, escaped, twice escaped, in base64, or bare."""
    other = dice.choice(others)[:500_000]
    way = dice.randrange(5)
    if way == 0:
        element.text = base64.b64encode(other).decode()
        return
    text = _spelled(other.decode("utf-8", "replace"))
    if way == 1 and "]]>" not in text:
        element.text = etree.CDATA(text)
    elif way == 2:
        element.text = text.replace("&", "&amp;").replace("<", "&lt;")
    elif way == 3:
        _graft(element, elements, dice, others)
    else:
        element.text = text


_TREE = (
    *(_remove, _repeat, _move, _copy_to, _rename, _renamespace, _attribute, _attribute, _text, _text, _text, _empty),
    *(_wrap, _deepen, _swap, _note, _graft, _embed),
)
_UNSPELLABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _spelled(text: str) -> str:
    """Leave out what XML cannot hold."""
    return _UNSPELLABLE.sub("", text)


def repacked(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Change what a ZIP holds, and how; other files are put into one."""
    files: list[tuple[str, bytes]] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files += [(info.filename, archive.read(info)[:500_000]) for info in archive.infolist()[:50]]
    except Exception:  # whatever is wrong with it, it is packed as a file
        files.append(("a.xml", data))
    for _ in range(few(dice)):
        act, at = dice.randrange(5), dice.randrange(len(files) or 1)
        if act == 0 and files:
            files[at] = (files[at][0], dice.choice((damaged, revalued, restructured))(files[at][1], dice, others))
        elif act == 1:
            files.insert(at, (dice.choice(_NAMES), dice.choice(others)[:500_000]))
        elif act == 2 and files:
            files[at] = (dice.choice(_NAMES), files[at][1])
        elif act == 3 and files:
            del files[at]
        elif files:
            files.append(files[at])
    target = io.BytesIO(dice.choice(others)[:100] if dice.random() < 0.05 else b"")
    target.seek(0, io.SEEK_END)
    method = dice.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2))
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", method, compresslevel=1) as archive:
        warnings.simplefilter("ignore")  # the same name twice
        for name, content in files[:60]:
            archive.writestr(zipfile.ZipInfo(name), content, method)
        archive.comment = dice.choice((b"", b"PK\x05\x06" + bytes(18), b"x" * 500))
    return _headers(target.getvalue(), dice) if dice.random() < 0.5 else target.getvalue()


_NAMES = ("a.xml", "b.zip", "../../c.xml", "d/", "", "ñ😀.xml", "CON", "x" * 3000, "a\x07b.pdf", "/etc/passwd", "e.PDF")


def _headers(data: bytes, dice: random.Random) -> bytes:
    """Change fields of the ZIP's own records."""
    changed = bytearray(data)
    for _ in range(few(dice)):
        mark = dice.choice((b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"))
        places = [match.start() for match in re.finditer(re.escape(mark), changed)]
        if places:
            at = dice.choice(places) + dice.randrange(4, 46)
            value = dice.choice(
                (b"\0\0", b"\xff\xff", b"\xff\xff\xff\xff", b"\x08\0", b"\x01\0", bytes([dice.randrange(256)]))
            )
            changed[at : at + len(value)] = value
    return bytes(changed)


def mutated(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Make one input of a file; the others are what may be spliced in."""
    if data.startswith(b"PK"):
        ways: tuple[Mutation, ...] = (repacked, repacked, repacked, damaged)
    else:
        ways = (damaged, revalued, revalued, recoded, restructured, restructured, restructured, repacked)
    return dice.choice(ways)(data, dice, others)[:MAX_BYTES]
