"""`receive`: files that came, one after the other: from a folder, a mailbox or memory; nothing of the past is kept.

What came is another's: a file is read within limits, and one that cannot be read is reported, never raised.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
from .letters import LETTER, attachments

LARGEST = 64 << 20
"""Bytes of the largest file or message that is read."""
_COMPANIONS = (
    (b"%PDF-", "un PDF"),
    (b"\x89PNG", "una imagen"),
    (b"\xff\xd8\xff", "una imagen"),
    (b"GIF8", "una imagen"),
)
"""How files begin that accompany documents and hold none, in words."""
_FORMS = (
    *_COMPANIONS,
    (b"Rar!\x1a\x07", "un archivo RAR"),
    (b"7z\xbc\xaf\x27\x1c", "un archivo 7z"),
    (b"\x1f\x8b", "un archivo GZIP"),
    (b"\xd0\xcf\x11\xe0", "un archivo de Office o un mensaje de Outlook (.msg)"),
    (b"\x78\x9f\x3e\x22", "un winmail.dat: los adjuntos de un mensaje de Outlook con formato enriquecido"),
)
"""How files of other forms begin; those that are no companions may hold documents."""
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
    file: Path | None = field(default=None, repr=False)
    """The file on this machine, of a folder or a file."""
    accompanies: bool = False
    """True for a PDF or an image, which accompanies documents and holds none."""

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
        files = (each for name, data in source for each in _opened(_File(name, data)))
    return _arrivals(files, trust, _Seen(known), largest, options)


def receive_files(
    files: Iterable[tuple[str, Path]],
    *,
    trust: TrustStore | None = None,
    largest: int = LARGEST,
    **options: Unpack[ExamineOptions],
) -> Iterator[Arrival]:
    """Yield what came in files, each with the name of its source, as `receive` does for those of a folder."""
    each = (file for name, path in files for file in _opened(_File(name, _content(path, largest), path=path)))
    return _arrivals(each, trust, _Seen(()), largest, options)


Content = bytes | DianFeError


@dataclass(frozen=True, slots=True)
class _File:
    """What is read next: where it lay, its bytes or why there are none, and what brought it."""

    source: str
    content: Content
    letter: Letter | None = None
    path: Path | None = None


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
        own: set[bytes] = set()
        for each in received.documents:
            digest = sha256(each.raw).digest()
            name = digest.hex()
            first = self.by_bytes.get(digest)
            if first is None:
                self.by_bytes[digest] = source
                own.add(digest)
            if name in self.known:
                repeated[name] = KNOWN
            elif first is not None and digest not in own:
                repeated[name] = first
            if each.key:
                bytes_then, source_then = self.by_key.setdefault(each.key.lower(), (digest, source))
                if bytes_then != digest:
                    same_key[name] = source_then
        return repeated, same_key


def _arrivals(
    files: Iterable[_File], trust: TrustStore | None, seen: _Seen, largest: int, options: ExamineOptions
) -> Iterator[Arrival]:
    for each in files:
        content = each.content
        if isinstance(content, bytes) and len(content) > largest:
            content = _too_large(len(content), largest)
        if isinstance(content, DianFeError):
            yield Arrival(shown(each.source), reason=content, letter=each.letter, file=each.path)
        else:
            yield _arrival(each, content, trust, seen, options)


def _arrival(file: _File, content: bytes, trust: TrustStore | None, seen: _Seen, options: ExamineOptions) -> Arrival:
    name = shown(file.source)
    try:
        received = read(content)
    except DianFeError as error:
        form = _form_of(content, _FORMS)
        reason = error if form is None else UnreadableDocument.of("exchange.other_form", form=form)
        beside = _form_of(content, _COMPANIONS) is not None
        return Arrival(name, reason=reason, letter=file.letter, file=file.path, accompanies=beside)
    examination = None if trust is None else examine(content, trust, **options)
    repeated, same_key = seen.note(received, name)
    return Arrival(name, received, None, examination, repeated, same_key, file.letter, file.path)


def _form_of(content: Content, forms: Iterable[tuple[bytes, str]]) -> str | None:
    """Return what a file is by its first bytes, in words; None for any other."""
    start = content[:16] if isinstance(content, bytes) else b""
    return next((form for mark, form in forms if start.startswith(mark)), None)


def _too_large(size: int, largest: int) -> DianFeError:
    return UnsafeArchive.of("exchange.too_large", found=f"{size} bytes", largest=largest)


def _files(path: Path, largest: int) -> Iterator[_File]:
    """Yield the files of a path, or why one is not read; links are not followed."""
    if not path.is_dir():
        yield from _opened(_File(str(path), _content(path, largest), path=path))
        return
    closed: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=closed.append):
        yield from _closed(path, closed)
        folders.sort()
        for name in sorted([*names, *(each for each in folders if Path(folder, each).is_symlink())]):
            file = Path(folder, name)
            yield from _opened(_File(str(file.relative_to(path)), _content(file, largest), path=file))
    yield from _closed(path, closed)


def _closed(path: Path, errors: list[OSError]) -> Iterator[_File]:
    """Yield the folders that could not be opened, and forget them."""
    while errors:
        error = errors.pop()
        folder = Path(os.fsdecode(error.filename or path))
        reason = UnreadableDocument.of("exchange.file", found=error.strerror or type(error).__name__)
        yield _File(str(folder.relative_to(path)), reason, path=folder)


def _opened(file: _File) -> Iterator[_File]:
    """Yield a file, or the attachments of a message that somebody saved (RFC 5322, with the ending .eml)."""
    if isinstance(file.content, bytes) and file.source.lower().endswith(LETTER):
        yield from _of_letter(file, file.source)
    else:
        yield file


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
            yield _File(where, letter.reason, letter)
            continue
        yield from _of_letter(_File(where, letter.content, letter.without_content()), where)


def _of_letter(file: _File, where: str) -> Iterator[_File]:
    """Yield the attachments of a message; one without any, or with papers and images alone, is reported."""
    assert isinstance(file.content, bytes)
    found = whole = False
    for name, content in attachments(file.content):
        found = True
        whole |= _form_of(content, _COMPANIONS) is None
        yield replace(file, source=f"{where}: {name}", content=content)
    if not whole:
        reason = "exchange.only_papers" if found else "exchange.no_attachment"
        yield replace(file, content=UnreadableDocument.of(reason))
