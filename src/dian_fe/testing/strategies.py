"""Strategies for hypothesis (not a dependency of the library: install it for your tests).

``@given(documents())`` generates documents that the library can build, sign and read again; failures are shrunk to a
plain document with few lines.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..catalogs import EventCode
from ..models.event import EventDocument
from ..models.issuer import Issuer
from .random_documents import Document, document_from
from .random_events import event_from
from .random_parties import nit
from .random_values import RandomValues

__all__ = ["amounts", "dice", "documents", "events", "nits", "random_values", "texts"]

_FORBIDDEN = "".join(chr(code) for code in range(0x20) if chr(code) not in "\t\n\r") + "\ufffe\uffff"


def documents(
    kind: str | None = None, *, issuer: Issuer | None = None, most_lines: int = 3
) -> SearchStrategy[Document]:
    """Return documents as ``random_document`` makes them, of one kind or of any, with few lines."""

    def make(source: Random) -> Document:
        made: Document = document_from(source, kind, issuer=issuer, most_lines=most_lines)
        return made

    return st.randoms(use_true_random=False).map(make)


def events(code: EventCode | str | None = None) -> SearchStrategy[EventDocument]:
    """Return events as ``random_event`` makes them, of one code or of any."""
    return st.randoms(use_true_random=False).map(lambda source: event_from(source, code))


def amounts(lowest: str = "0.01", highest: str = "999999999999.99", decimals: int = 2) -> SearchStrategy[Decimal]:
    """Return exact amounts between two, with that number of decimals."""
    unit = 10**decimals
    return st.integers(int(Decimal(lowest) * unit), int(Decimal(highest) * unit)).map(
        lambda units: Decimal(units).scaleb(-decimals)
    )


def texts(most: int = 300) -> SearchStrategy[str]:
    """Return any text that XML can carry: no control characters, not blank."""
    characters = st.characters(codec="utf-8", exclude_characters=_FORBIDDEN)
    return st.text(characters, min_size=1, max_size=most).filter(lambda text: text.strip() != "")


def nits() -> SearchStrategy[str]:
    """Return companies' NITs without check digit, made up: no owner is meant."""
    return random_values().map(nit)


def random_values() -> SearchStrategy[RandomValues]:
    """Return sources of random values, for custom makers of parts, like those of ``random_parties``."""
    return st.randoms(use_true_random=False).map(RandomValues)


dice = random_values
