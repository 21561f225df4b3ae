"""The results of reading: documents with their surrounding data, in a tree if nested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from .._arguments import checked
from .._shown import brief
from .._typevars import TypeVar
from .._viewed import Viewed
from ..errors import DianFeError
from ..families.registry import usual_family
from ..families.spec import DocumentKind, Family, FileNames, Roles, Standing
from ..models._base import Model
from ..models._fields import Text
from ..models.application_response import ApplicationResponse
from ..models.event import EventDocument
from .control import Control

if TYPE_CHECKING:
    from ..models.document import TradeDocument
    from .reader.warnings import Problem

D = TypeVar("D", default=Any)


class Archive(Model):
    """What a ZIP file holds; its files themselves are the parts."""

    kind: str = "zip"
    files: tuple[Text, ...] = ()
    """Names as the ZIP has them."""


ARCHIVE = DocumentKind("zip", "received:Archive", "", "Archivo ZIP", roles=Roles("", ""), files=FileNames("z"))
"""Stands where the kind of a document would: a ZIP has neither root nor table nor key."""
Family("archive", "Archivos", "", __package__, (ARCHIVE,))


@checked
@dataclass(frozen=True, slots=True)
class OtherFile(Viewed):
    """A file inside a container that is not a readable document: a PDF, an image, a damaged XML."""

    name: str | None
    """The file's name, if its container has one."""
    raw: bytes = field(repr=False)
    """Its bytes."""
    media_type: str
    """``application/pdf``, ``text/xml``, ``application/zip`` or ``application/octet-stream``, by content."""
    reason: DianFeError | None = None
    """Why it could not be read, when it looks like a document."""
    kind_name: ClassVar[str] = "file"

    def __post_init__(self) -> None:
        """Keep only the reason: the frames that it was raised in hold trees and files."""
        if self.reason is not None:
            self.reason.__traceback__ = self.reason.__context__ = self.reason.__cause__ = None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: that of a document without content, with the reason."""
        return {
            "kind": self.kind_name,
            "name": self.name,
            "key": None,
            "number": None,
            "issued_at": None,
            "signed": False,
            "document": None,
            "control": {},
            "media_type": self.media_type,
            "size": len(self.raw),
            "reason": None if self.reason is None else self.reason.as_dict(),
            "problems": [],
            "unmapped": [],
            "parts": [],
        }


@dataclass(frozen=True, slots=True)
class Received(Viewed, Generic[D]):
    """A document read from XML: the model, what surrounds it, and what was odd.

    ``raw`` are the bytes as they came: signatures are about these bytes. ``unmapped`` lists the XPaths of elements and
    attributes that the model has no field for. ``signed`` says that there is a signature, not that it is valid:
    ``verify`` checks that. Containers (AttachedDocument, ZIP) have ``parts``, in the order in which they stand.
    """

    document: D
    """The model."""
    kind: DocumentKind = field(repr=False)
    """The kind of document."""
    control: Control = field(repr=False)
    """What the XML carries besides the model: key, environment, numbering, software."""
    raw: bytes = field(repr=False)
    """The bytes as they came."""
    problems: tuple[Problem, ...] = ()
    """Problems found, with their places; they never raise."""
    unmapped: tuple[str, ...] = ()
    """XPaths of what the model has no field for."""
    signed: bool = False
    """Whether a signature is there; `verify` says whether it is valid."""
    name: str | None = None
    """Name of the file inside a ZIP."""
    parts: tuple[Received[Any] | OtherFile, ...] = ()
    """What is inside a container, in order."""

    @property
    def key(self) -> str | None:
        """CUFE or CUDE as written in the document."""
        return self.control.key

    def walk(self) -> Iterator[Received[Any]]:
        """Yield this document and every one inside it, each before its parts."""
        yield self
        for part in self.parts:
            if isinstance(part, Received):
                yield from part.walk()

    @property
    def documents(self) -> tuple[Received[Any], ...]:
        """The documents of every family here and inside, however deep: no containers, answers or events."""
        return tuple(each for each in self.walk() if each.kind.standing is Standing.DOCUMENT and each.kind.root)

    @property
    def sales_documents(self) -> tuple[Received[TradeDocument], ...]:
        """The invoices and notes here and inside, however deep: the family that is meant where none is named."""
        return tuple(each for each in self.documents if each.kind.family is usual_family())

    @property
    def answers(self) -> tuple[Received[ApplicationResponse], ...]:
        """DIAN's answers here and inside."""
        return tuple(received for received in self.walk() if received.kind.standing is Standing.ANSWER)

    @property
    def events(self) -> tuple[Received[EventDocument], ...]:
        """The events here and inside: acknowledgements, claims, acceptances."""
        return tuple(received for received in self.walk() if received.kind.standing is Standing.EVENT)

    @property
    def files(self) -> tuple[OtherFile, ...]:
        """The files inside that are not documents, at any depth."""
        return tuple(part for received in self.walk() for part in received.parts if isinstance(part, OtherFile))

    __repr__ = brief

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form of the command line's ``read``; documents inside are only in ``parts``."""
        document: Any = self.document
        issued_at = getattr(document, "issued_at", None)
        return {
            "kind": self.kind.name,
            "name": self.name,
            "key": self.key,
            "number": getattr(document, "number", None),
            "issued_at": None if issued_at is None else issued_at.isoformat(),
            "signed": self.signed,
            "document": document.model_dump(
                mode="json", exclude_none=True, exclude=getattr(document, "EMBEDDED", None)
            ),
            "control": self.control.model_dump(mode="json", exclude_none=True),
            "problems": [problem.as_dict() for problem in self.problems],
            "unmapped": list(self.unmapped),
            "parts": [part.as_dict() for part in self.parts],
        }
