"""The list of mailboxes where companies receive documents (GetExchangeEmails).

Until 2024 the answer held the CSV itself. Now it holds the base64 of an https address, signed and short-lived, from
which a ZIP with one CSV is downloaded, without credentials. The columns are not documented: the first row names them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from .._arguments import checked
from .._viewed import Viewed
from ..errors import DownloadFailed, TransportError, UnreadableList, UnsafeArchive
from ..ubl.archive import Limits, is_zip, unpack
from .soap import Reply, begins

MAX_LIST_BYTES: Final = 256 * 1024 * 1024
"""Largest list taken out of its ZIP: some millions of companies."""
_DELIMITERS: Final = ";,|\t"
_TITLE: Final = re.compile(r"[^\W\d_][^@<>{}\[\]]*")
"""Form of a column's name: no address, number or markup."""
_PRIVATE: Final = re.compile(rb"(?<=//)[^/]*@|\?.*", re.DOTALL)
"""Parts of an address that are not shown: user and password, and the signed query."""
_ADDRESS: Final = re.compile(r"\s*(https?:|[a-z][a-z0-9+.-]*://)", re.IGNORECASE)
"""Form of an address instead of a list; only https is downloaded."""
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_LISTED_LINES: Final = 5
_LONGEST_HEADER: Final = 10_000


@checked
@dataclass(frozen=True, slots=True)
class ExchangeEmails(Viewed):
    """ExchangeEmailResponse: the mailboxes where buyers receive documents, as DIAN's CSV."""

    code: str
    """StatusCode as it came; its values are not documented."""
    message: str
    success: bool | None
    csv: bytes = field(default=b"", repr=False)
    """The list exactly as DIAN made it; empty when there is none."""
    url: str = field(default="", repr=False)
    """Address of the list, downloaded or not; signed, so it gives access by itself. Empty in the old form."""
    header: tuple[str, ...] = ()
    """Names of the columns; empty when the first row names none."""
    problems: tuple[str, ...] = ()
    """Problems of the list, in Spanish. Nothing is dropped: see ``rows`` and ``csv``."""
    others: tuple[tuple[str, Any], ...] = ()
    """Further elements of the answer, by name."""

    def rows(self) -> list[list[str]]:
        """Return every row of the list, the header's too, as wide as it is written; blank ones are left out."""
        return [row for _, row in _rows(_decoded(self.csv)[0])]

    def records(self) -> Iterator[dict[str, str]]:
        """Yield the rows by the names of their columns; those of another width are only in ``rows``.

        There are none without ``header``.
        """
        rows = _rows(_decoded(self.csv)[0])
        next(rows, None)
        for _, row in rows:
            if self.header and len(row) == len(self.header):
                yield dict(zip(self.header, row, strict=True))


def list_of(content: bytes) -> dict[str, Any]:
    """Return the content of an answer of GetExchangeEmails: the list in the old form, its address in the new one."""
    if _ADDRESS.match(_decoded(content[:64])[0]):
        marked = content.startswith((b"\xef\xbb\xbf", *_UTF16_MARKS))
        return {"url": _address(_decoded(content)[0].encode() if marked else content)}
    if is_zip(content):
        return _listed(_only_csv(content))
    return _listed(content) if content.strip() else {}


def downloaded(answer: ExchangeEmails, reply: Reply) -> ExchangeEmails:
    """Return the answer with the list that was downloaded from its address.

    Raises ``DownloadFailed`` for any HTTP status but 200, ``UnreadableList`` for anything but a ZIP with one CSV.
    """
    if reply.status != 200:
        cause = f"HTTP {reply.status} {begins(reply.body)}".strip()
        raise _download_failed(answer, reply.status, cause, reply.body)
    return replace(answer, **_listed(_only_csv(reply.body, answer)))


def not_downloaded(answer: ExchangeEmails, error: Exception) -> DownloadFailed:
    """Return the error of a failed download; the signed address is not shown."""
    if isinstance(error, TransportError):
        return _download_failed(answer, error.status, error.cause or error.message)
    return _download_failed(answer, None, type(error).__name__)


def _download_failed(answer: ExchangeEmails, status: int | None, cause: str, content: bytes = b"") -> DownloadFailed:
    return DownloadFailed.of("transport.not_downloaded", answer=answer, status=status, cause=cause, content=content)


def _address(content: bytes) -> str:
    """Return a checked address with every byte of it, since it is signed. Raises ``DownloadFailed``."""
    try:
        url = content.decode("ascii").strip()
        parts = urlsplit(url)
        good = parts.scheme.lower() == "https" and bool(parts.hostname) and "@" not in parts.netloc and "#" not in url
        good = good and url.isprintable() and " " not in url and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise DownloadFailed.of(
            "transport.list_address", cause=f"empieza por {begins(_PRIVATE.sub(b'', content), 40)}", content=content
        )
    return url


def _only_csv(data: bytes, answer: ExchangeEmails | None = None) -> bytes:
    """Return the only CSV of a ZIP; other files in it do not matter."""
    names: list[str] = []
    lists: list[bytes] = []
    cause = ""
    try:
        if not is_zip(data):
            cause = f"no es un ZIP: empieza por {begins(data)}" if data else "no trae nada"
        else:
            for name, content in unpack(data, Limits(total=MAX_LIST_BYTES, file=MAX_LIST_BYTES)):
                names.append(name)
                if name.lower().endswith(".csv"):
                    if isinstance(content, UnsafeArchive):
                        raise content
                    lists.append(content)
    except UnsafeArchive as error:
        cause = str(error)
    if not cause and len(lists) == 1:
        return lists[0]
    cause = cause or f"el ZIP trae {len(lists)} CSV: {', '.join(names)[:200] or 'ningún archivo'}"
    raise UnreadableList.of("transport.unreadable_list", cause=cause, content=data, answer=answer)


def _listed(content: bytes) -> dict[str, Any]:
    """Look through a list once: its header, and its problems."""
    text, problems = _decoded(content)
    header: tuple[str, ...] = ()
    width = odd = count = 0
    odd_lines: list[str] = []
    for line, row in _rows(text):
        count += 1
        if count == 1:
            width = len(row)
            names = tuple(cell.strip() for cell in row)
            if all(map(_TITLE.fullmatch, names)) and len(set(names)) == width:
                header = names
            else:
                problems.append(f"la primera fila no nombra las columnas; empieza por {begins(content, 80)}")
        elif len(row) != width:
            odd += 1
            if len(odd_lines) < _LISTED_LINES:
                odd_lines.append(str(line))
    if not count:
        problems.append("la lista no trae ninguna fila.")
    if odd:
        more = ", …" if odd > len(odd_lines) else ""
        problems.append(f"{odd} filas no tienen {width} columnas: líneas {', '.join(odd_lines)}{more}")
    return {"csv": content, "header": header, "problems": tuple(problems)}


def _decoded(content: bytes) -> tuple[str, list[str]]:
    try:
        return content.decode("utf-16" if content.startswith(_UTF16_MARKS) else "utf-8-sig"), []
    except UnicodeDecodeError:
        return content.decode("latin-1"), ["la lista no está en UTF-8; se leyó como ISO 8859-1."]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with the number of their first line; what cannot be split is a row of one column."""
    lines = list(io.StringIO(text, newline=""))
    first = next((line[:_LONGEST_HEADER] for line in lines if line.strip()), "")
    delimiter = max(_DELIMITERS, key=lambda each: len(next(csv.reader([first], delimiter=each), ())))
    start = 0
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):  # the second when a quote never closes
        reader = csv.reader(islice(lines, start, None), delimiter=delimiter, quoting=quoting)
        done = start
        try:
            for row in reader:
                if row:
                    yield done + 1, row
                done = start + reader.line_num
        except csv.Error:
            start = done
        else:
            return
    for number, line in enumerate(islice(lines, start, None), start + 1):
        yield number, [line.rstrip("\r\n")]
