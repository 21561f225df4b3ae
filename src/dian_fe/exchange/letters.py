"""Attachments of a mail message, whose sender may have made it to harm: bounded in parts and depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

from .._shown import shown
from ..errors import DianFeError, UnreadableDocument, UnsafeArchive

_NESTED = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_MOST_NESTED = 50
"""Parts that hold others; the standard library's parser takes time for each of them at every line."""
_MOST_PARTS = 200
_LONGEST_NAME = 200
_PLAIN = frozenset({"text/plain", "text/html"})


def attachments(data: bytes) -> Iterator[tuple[str, bytes | DianFeError]]:
    """Yield name and content of each attachment, however deep; for a message that cannot be read, why."""
    if len(_NESTED.findall(data)) > _MOST_NESTED:
        yield "", UnsafeArchive.of("exchange.nested", most=_MOST_NESTED)
        return
    try:
        message = message_from_bytes(data, policy=policy.compat32)
        leaves = [part for part in message.walk() if not part.is_multipart()]
    except Exception as error:  # the parser raises many things for what no mail program writes
        yield "", UnreadableDocument.of("exchange.not_a_message", found=type(error).__name__)
        return
    if len(leaves) > _MOST_PARTS:
        yield "", UnsafeArchive.of("exchange.many_parts", found=len(leaves), most=_MOST_PARTS)
        return
    for position, part in enumerate(leaves, 1):
        name = _name(part)
        if name is None and _type(part) in _PLAIN:
            continue  # the letter itself
        try:
            content: Any = part.get_payload(decode=True)
        except Exception as error:
            yield (
                name or f"parte {position}",
                UnreadableDocument.of("exchange.not_a_message", found=type(error).__name__),
            )
            continue
        yield name or f"parte {position}", content if isinstance(content, bytes) else b""


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


def header_text(value: Any) -> str:
    """Return a header as one line of text; as it is written when it is malformed."""
    try:
        return shown(str(make_header(decode_header(str(value)))).strip())
    except Exception:
        return shown(str(value))
