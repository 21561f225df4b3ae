"""`receive`: files that came, one after the other: from a folder, a mailbox or memory; nothing of the past is kept.

What came is another's: a file is read within limits, and one that cannot be read is reported, never raised.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Unpack

from .._arguments import checked
from .._shown import shown
from .._viewed import Viewed
from ..errors import DianFeError, InvalidInput, UnreadableDocument, UnsafeArchive
from ..ubl.reader.containers import read
from ..ubl.received import Received
from ..verifying.examining import ExamineOptions, examine
from ..verifying.report import Examination
from ..verifying.trust import TrustStore
from .inbox import ImapInbox, Letter
from .letters import attachments

LARGEST = 64 << 20
"""Bytes of the largest file or message that is read."""
KNOWN = "known"
"""Stands for the first source of a document that the caller had before."""


@checked
@dataclass(frozen=True, slots=True)
class Arrival(Viewed):
    """One file that came: what was read of it and what the verification found, or why it could not be read."""

    source: str
    """Where it lay: the path of the file, or folder, number and attachment of a message."""
    received: Received[Any] | None = field(default=None, repr=False)
    """What was read; None if it could not be read."""
    reason: DianFeError | None = None
    """Why it could not be read."""
    examination: Examination | None = field(default=None, repr=False)
    """The verdicts on each part; None without ``trust``."""
    repeated: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Documents in it that came before, byte for byte: SHA-256 (hexadecimal) and first source."""
    same_key: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Documents in it whose key came before with other bytes: SHA-256 and first source. One of both is not genuine, or
    was written again."""
    letter: Letter | None = field(default=None, repr=False)
    """The message that brought it."""

    @property
    def valid(self) -> bool | None:
        """True if the verification found nothing against it; None if it was not verified."""
        return None if self.examination is None else self.examination.valid

    def __post_init__(self) -> None:
        """Keep the reason alone: the frames that it was raised in hold trees and files."""
        if self.reason is not None:
            self.reason.__traceback__ = self.reason.__context__ = self.reason.__cause__ = None


@checked
def receive(
    source: str | Path | ImapInbox | Iterable[tuple[str, bytes]],
    *,
    trust: TrustStore | None = None,
    known: Container[str] = (),
    largest: int = LARGEST,
    **options: Unpack[ExamineOptions],
) -> Iterator[Arrival]:
    """Yield what came, one file after the other, in the order of its source.

    ``source``: a file, a folder with everything below it, an `ImapInbox`, or names with bytes. With ``trust`` each file
    is verified as `examine` does, to which ``options`` go. ``known``: SHA-256 (hexadecimal) of documents that the
    caller has already; `received_rows` gives them.

    Only digests and keys of what came are kept between files: some hundred bytes for each document. A file of more
    than ``largest`` bytes is not read. Links and what is no regular file are reported and not followed.

    Raises ``FileNotFoundError`` for a path that does not exist, and for a mailbox what `ImapInbox.letters` raises.
    """
    if largest <= 0:
        raise InvalidInput.of("exchange.largest", field="largest", found=largest)
    if isinstance(source, (str, Path)):
        path = Path(source)
        if not path.exists():
            raise FileNotFoundError(2, os.strerror(2), str(path))
        files = _files(path, largest)
    elif isinstance(source, ImapInbox):
        files = _attached(source, largest)
    else:
        files = ((name, data, None) for name, data in source)
    return _arrivals(files, trust, _Seen(known), largest, options)


Content = bytes | DianFeError
_File = tuple[str, Content, Letter | None]


class _Seen:
    """What came before: the first source of each document, by its bytes and by its key."""

    def __init__(self, known: Container[str]) -> None:
        self.known = known
        self.by_bytes: dict[bytes, str] = {}
        self.by_key: dict[str, tuple[bytes, str]] = {}

    def note(self, received: Received[Any], source: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return the documents that came before, byte for byte and with other bytes; remember all."""
        repeated: dict[str, str] = {}
        same_key: dict[str, str] = {}
        for each in received.documents:
            digest = sha256(each.raw).digest()
            name = digest.hex()
            first = self.by_bytes.setdefault(digest, source)
            if name in self.known:
                repeated[name] = KNOWN
            elif first != source:
                repeated[name] = first
            if each.key:
                bytes_then, source_then = self.by_key.setdefault(each.key.lower(), (digest, source))
                if bytes_then != digest:
                    same_key[name] = source_then
        return repeated, same_key


def _arrivals(
    files: Iterable[_File], trust: TrustStore | None, seen: _Seen, largest: int, options: ExamineOptions
) -> Iterator[Arrival]:
    for source, content, letter in files:
        name = shown(source)
        if isinstance(content, DianFeError):
            yield Arrival(name, reason=content, letter=letter)
        elif len(content) > largest:
            yield Arrival(name, reason=_too_large(len(content), largest), letter=letter)
        else:
            yield _arrival(name, content, letter, trust, seen, options)


def _arrival(
    name: str,
    content: bytes,
    letter: Letter | None,
    trust: TrustStore | None,
    seen: _Seen,
    options: ExamineOptions,
) -> Arrival:
    try:
        received = read(content)
    except DianFeError as error:
        return Arrival(name, reason=error, letter=letter)
    examination = None if trust is None else examine(content, trust, **options)
    repeated, same_key = seen.note(received, name)
    return Arrival(name, received, None, examination, repeated, same_key, letter)


def _too_large(size: int, largest: int) -> DianFeError:
    return UnsafeArchive.of("exchange.too_large", found=f"{size} bytes", largest=largest)


def _files(path: Path, largest: int) -> Iterator[_File]:
    """Yield the files of a path, or why one is not read; links are not followed."""
    if not path.is_dir():
        yield str(path), _content(path, largest), None
        return
    for folder, folders, names in os.walk(path, onerror=None):
        folders.sort()
        for name in sorted([*names, *(each for each in folders if Path(folder, each).is_symlink())]):
            file = Path(folder, name)
            yield str(file.relative_to(path)), _content(file, largest), None


def _content(path: Path, largest: int) -> Content:
    try:
        info = path.lstat()
        if not stat.S_ISREG(info.st_mode):
            return UnreadableDocument.of("exchange.not_a_file", found=stat.filemode(info.st_mode))
        if info.st_size > largest:
            return _too_large(info.st_size, largest)
        with path.open("rb") as file:
            return file.read(largest + 1)  # it may have grown
    except OSError as error:
        return UnreadableDocument.of("exchange.file", found=error.strerror or type(error).__name__)


def _attached(inbox: ImapInbox, largest: int) -> Iterator[_File]:
    """Yield the attachments of a mailbox's messages; a message without any document is reported."""
    for letter in inbox.letters(largest=largest):
        where = f"{inbox.folder} {letter.uid}"
        if letter.reason is not None:
            yield where, letter.reason, letter
            continue
        found = False
        for name, content in attachments(letter.content):
            found = True
            yield f"{where}: {name}", content, letter.without_content()
        if not found:
            yield where, UnreadableDocument.of("exchange.no_attachment"), letter.without_content()
