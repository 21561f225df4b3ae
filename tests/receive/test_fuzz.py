"""Mutated files: whatever comes, reading ends in a document or in an error of the library, within bounds.

``DIAN_FE_FUZZ`` sets how many mutations are tried; long runs are made by hand.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from dian_fe import read, rows
from dian_fe.errors import DianFeError, UnreadableDocument
from dian_fe.signing.verify import verify

from ..delivery.support import PDF, issued, package

TOTAL = int(os.environ.get("DIAN_FE_FUZZ", "3000"))
CHUNKS = 10
TOKENS = [
    *(
        b"<",
        b">",
        b"&",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"-->",
        b"<?xml ",
        b"?>",
        b"&lt;",
        b"&amp;amp;",
        b"&#0;",
        b"&#xD;",
    ),
    *(
        b'"',
        b"'",
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xf0\x9f\x98\x80",
        b"\r",
        b"\x0b",
        b"<!DOCTYPE a>",
        b"xmlns:x='y'",
    ),
    *(b"cbc:", b"<cbc:ID>", b"</cbc:ID>", b"<cac:Party>", b"encoding='UTF-16'", b"Id='a'", b"-1E+999", b"9" * 400),
    *(b"2026-13-99", b"NaN", b"\xe2\x80\xa8", b"PK\x03\x04", b"%PDF-", b"<Invoice/>", b" " * 1000),
]


@cache
def seeds() -> tuple[bytes, ...]:
    made = package(pdf=PDF)
    signed, verdict = issued()
    return made.xml, made.zip_bytes, signed.xml, verdict.application_response


VALUES = [
    *(b"", b" ", b"0", b"-1", b"1E400", b"NaN", b"9" * 500, b"2026-13-45", b"31/12/2026", b"25:61:61", b"&lt;a&gt;"),
    *(b"O-13;;O-15", b"a@b", "Ñandú 😀".encode(), b"x" * 100_000, b"02", b"04", b"91", b"USD", b"ab" * 48, b"\t\n"),
]
_TEXT = re.compile(rb">([^<>]{1,300})<|=\"([^\"<>]{1,300})\"")


def revalued(data: bytes, dice: random.Random) -> bytes:
    """Change texts and attribute values only, so that the result is still XML."""
    places = list(_TEXT.finditer(data))
    for _ in range(dice.choice((1, 2, 5))):
        place = dice.choice(places)
        group = 1 if place[1] is not None else 2
        value = dice.choice((*VALUES, dice.choice(places)[0][1:-1].strip(b'"')))
        data = data[: place.start(group)] + value + data[place.end(group) :]
        places = list(_TEXT.finditer(data))
    return data


def mutated(data: bytes, dice: random.Random) -> bytes:
    if not data.startswith(b"PK") and dice.random() < 0.5:
        return revalued(data, dice)
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 5, 20))):
        at = dice.randrange(len(changed) + 1)
        until = min(len(changed), at + dice.choice((0, 1, 3, 50, 3000)))
        act = dice.randrange(5)
        if act == 0:
            changed[at:until] = dice.choice(TOKENS)
        elif act == 1:
            del changed[at:until]
        elif act == 2:
            changed[at:at] = changed[at:until]
        elif act == 3 and at < len(changed):
            changed[at] = dice.randrange(256)
        else:
            other = dice.choice(seeds())
            start = dice.randrange(len(other))
            changed[at:until] = other[start : start + dice.choice((1, 20, 500))]
    return bytes(changed)


def ends_in(act: Any, data: bytes) -> str:
    try:
        act(data)
    except DianFeError as error:
        return "error" if str(error) and error.as_dict() else "an error that says nothing"
    return "done"


def whole(data: bytes) -> None:
    received = read(data)
    assert received.as_dict()
    for record in (*rows(received), *rows(received, "lines")):
        assert record
    for part in received.walk():
        assert part.raw


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_only_errors_of_the_library(chunk: int) -> None:
    ends = set()
    for number in range(chunk, TOTAL, CHUNKS):
        dice = random.Random(number)
        data = mutated(dice.choice(seeds()), dice)
        ends.add(ends_in(whole, data))
        ends.add(ends_in(verify, data))
    assert ends == {"done", "error"}


BOMB = """
import resource, sys
from dian_fe import read
from dian_fe.errors import UnreadableDocument
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read(sys.stdin.buffer.read())
except UnreadableDocument:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_memory_is_bounded_whatever_a_zip_unpacks_to() -> None:
    """H11: less than 200 MB for a ZIP of a few hundred kilobytes that would unpack to a gigabyte."""
    from dian_fe.ubl.archive import make_zip

    if not sys.platform.startswith("linux"):
        pytest.skip("peak memory is told in kilobytes on Linux only")
    block = make_zip({"a.xml": b"<a>" + bytes(100 * 1024 * 1024)})
    bomb = make_zip({f"{number}.zip": block for number in range(10)})
    assert len(bomb) < 2 * 1024 * 1024
    done = subprocess.run([sys.executable, "-c", BOMB], input=bomb, capture_output=True, check=True)
    assert int(done.stdout) < 200
    with pytest.raises(UnreadableDocument):
        read(bomb)
