from __future__ import annotations

import re

import pytest

from dian_fe.signing.verify import verify

from .support import canonical, signed


@pytest.mark.parametrize("spelling", [b"urn:dian-fe:relative:", b"urn:dian-fe:&#114;elative:"])
def test_no_text_is_digested_as_another(spelling: bytes) -> None:
    """What stands in for a relative namespace URI while canonicalising cannot be written into a document."""
    good = signed(canonical("<cbc:Note>1</cbc:Note>")).xml
    forged = good.replace(b"<cbc:Note>1</cbc:Note>", spelling + b"<cbc:Note>1</cbc:Note>".hex().encode())
    forged = re.sub(rb"(<ext:ExtensionContent>)", rb'\1<!-- xmlns="x" -->', forged, count=1)
    assert verify(good).valid
    assert verify(forged).signature.valid is False


def test_what_looks_like_a_declaration_and_is_text_stays_text() -> None:
    good = signed(canonical('<cbc:Note> xmlns="<x></x>"</cbc:Note>')).xml
    forged = good.replace(b' xmlns="<x></x>"', b'<![CDATA[ xmlns="<x></x>"]]>')
    assert verify(good).valid
    assert verify(forged).signature.valid is False
