"""XML documents embedded as text in another: which can be, and the CDATA sections around them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .. import _xmlsafe
from ..errors import InvalidInput, PackageTooLarge
from ..ubl.codecs import text as escaped

MAX_TEXT = 10_000_000
"""Longest text that usual XML readers take (libxml2's limit): a longer one cannot be read from its container."""
_DECLARED = re.compile(r"""<\?xml\s[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_OPEN, _CLOSE = "<cbc:Description>", "</cbc:Description>"


def embeddable(xml: bytes, field: str) -> str:
    """Return a document's bytes as text, without a leading byte order mark or whitespace.

    Raises ``InvalidInput`` when it is not UTF-8 (inside the container its encoding declaration would be wrong) and
    ``PackageTooLarge`` when it is longer than ``MAX_TEXT``.
    """
    data = _xmlsafe.tidy(xml).data
    try:
        text = data.decode("utf-8")
        declared = _DECLARED.match(text)
        wrong = declared is not None and declared[1].lower() not in {"utf-8", "utf8", "us-ascii"}
        found = declared[1] if declared and wrong else ""
    except UnicodeDecodeError as error:
        wrong, found = True, f"un byte que no es UTF-8 en la posición {error.start}"
    if wrong:
        raise InvalidInput.of("delivery.not_utf8", field=field, found=found)
    if len(data) > MAX_TEXT:
        raise PackageTooLarge.of("delivery.text_too_long", field=field, size=len(data), limit=MAX_TEXT)
    return text


def normal(text: str) -> str:
    """Return the text as an XML reader sees it: every line end is LF (XML 1.0, section 2.11)."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def with_cdata(xml: bytes, texts: Iterable[str]) -> bytes:
    """Put the documents embedded as escaped text into CDATA sections, in the order in which they stand.

    Readers see the same document; ``]]>`` inside is split between two sections.
    """
    rest, pieces = xml, []
    for text in texts:
        before, found, rest = rest.partition(f"{_OPEN}{escaped(normal(text))}{_CLOSE}".encode())
        assert found, "the writer escapes what it is given"
        section = text.replace("]]>", "]]]]><![CDATA[>")
        pieces += [before, f"{_OPEN}<![CDATA[{section}]]>{_CLOSE}".encode()]
    return b"".join((*pieces, rest))
