"""What was received cannot be read."""

from __future__ import annotations

from .base import DianFeError


class UnreadableDocument(DianFeError, ValueError):
    """The bytes are not a document that can be read."""


class MalformedXml(UnreadableDocument):
    """The bytes are not well-formed XML."""


class UnsafeXml(UnreadableDocument):
    """The XML uses a DTD or entities, or passes the limits of size or depth."""


class UnsafeArchive(UnreadableDocument):
    """A ZIP that is damaged or encrypted, or that unpacks to more than is allowed."""


class UnsupportedDocument(UnreadableDocument):
    """A well-formed document of an unsupported family or version."""
