"""Attachments of a mail message, whose sender may have made it to harm: bounded in parts and depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any

from .._shown import shown
from ..errors import DianFeError, UnreadableDocument, UnsafeArchive

_NESTED = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_PARAMETERS = re.compile(rb"^content-(?:type|disposition):(?:[^\r\n]|\r?\n[ \t])*", re.IGNORECASE | re.MULTILINE)
_LONGEST_PARAMETERS = 8192
"""Bytes of a header with parameters; the standard library takes time by the square of them."""
_MOST_NESTED = 50
"""Parts that hold others; the standard library's parser takes time for each of them at every line."""
_MOST_LETTERS = 5
"""Messages that are files of each other."""
_MESSAGE = "message/rfc822"
_MOST_PARTS = 200
_LONGEST_NAME = 200
_LONGEST_HEADER = 1 << 16
"""Bytes of a message in which its headers are looked for."""
_PLAIN = frozenset({"text/plain", "text/html"})
LETTER = ".eml"
"""How the names of messages end that were saved as files."""


def attachments(data: bytes) -> Iterator[tuple[str, bytes | DianFeError]]:
    """Yield name and content of each attachment, however deep; for a message that cannot be read, why.

    The attachments of a message that is attached as a file, or encoded against RFC 2046, are attachments as well.
    """
    return _attached(data, _MOST_LETTERS)


def _attached(data: bytes, depth: int) -> Iterator[tuple[str, bytes | DianFeError]]:
    if len(_NESTED.findall(data)) > _MOST_NESTED:
        yield "", UnsafeArchive.of("exchange.nested", most=_MOST_NESTED)
        return
    longest = max((len(each[0]) for each in _PARAMETERS.finditer(data)), default=0)
    if longest > _LONGEST_PARAMETERS:
        yield "", UnsafeArchive.of("exchange.long_header", found=f"{longest} bytes", most=_LONGEST_PARAMETERS)
        return
    try:
        message = message_from_bytes(data, policy=policy.compat32)
        leaves = list(_leaves(message))
    except Exception as error:  # the parser raises many things for what no mail program writes
        yield "", UnreadableDocument.of("exchange.not_a_message", found=type(error).__name__)
        return
    if len(leaves) > _MOST_PARTS:
        yield "", UnsafeArchive.of("exchange.many_parts", found=len(leaves), most=_MOST_PARTS)
        return
    for position, part in enumerate(leaves, 1):
        name = _name(part)
        if name is None and _type(part) in _PLAIN and part.get_content_disposition() != "attachment":
            continue  # the letter itself
        try:
            content: Any = part.get_payload(decode=True)
        except Exception as error:
            yield (
                name or f"parte {position}",
                UnreadableDocument.of("exchange.not_a_message", found=type(error).__name__),
            )
            continue
        content = content if isinstance(content, bytes) else b""
        if depth and (_type(part) == _MESSAGE or (name or "").lower().endswith(LETTER)):
            inner = list(_attached(content, depth - 1))
            yield from inner or ((name or f"parte {position}", UnreadableDocument.of("exchange.no_attachment")),)
        else:
            yield name or f"parte {position}", content


def _leaves(part: Message) -> Iterator[Message]:
    """Yield the parts that hold no others; a message that is encoded is one, since its parser does not decode it."""
    held: Any = part.get_payload()
    if not isinstance(held, list):
        yield part
    elif _type(part) == _MESSAGE and _is_base64(part) and isinstance(text := held[0].get_payload(), str):
        part.set_payload(text)
        yield part
    else:
        for each in held:
            yield from _leaves(each)


def _is_base64(part: Message) -> bool:
    return str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64"


def _type(part: Message) -> str:
    try:
        return part.get_content_type()
    except Exception:
        return ""


def _name(part: Message) -> str | None:
    """Return the name of an attachment; None for a part without one."""
    try:
        name = part.get_filename()
    except Exception:
        return None
    return header_text(name)[:_LONGEST_NAME] if name else None


def headers(data: bytes) -> tuple[str | None, ...]:
    """Return From, Subject and Date of a message, each as one line of text; None for one that is missing."""
    try:
        message = BytesHeaderParser(policy=policy.compat32).parsebytes(data[:_LONGEST_HEADER])
        found = [message.get(name) for name in ("From", "Subject", "Date")]
    except Exception:  # the parser raises many things for what no mail program writes
        found = [None, None, None]
    return tuple(None if value is None else header_text(value)[:_LONGEST_NAME] for value in found)


def header_text(value: Any) -> str:
    """Return a header as one line of text; as it is written when it is malformed."""
    try:
        return shown(str(make_header(decode_header(str(value)))).strip())
    except Exception:
        return shown(str(value))
