"""How names are compared: without accents, case or punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_SEPARATORS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return the form of a name in which «Bogotá, D.C.», «BOGOTA D.C.» and «bogota dc» are one."""
    decomposed = unicodedata.normalize("NFKD", text.replace(".", ""))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _SEPARATORS.sub(" ", plain).strip().casefold()


def nearest(text: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the candidate closest to the text, or ``None`` when none is close."""
    from difflib import get_close_matches  # only refusals need it

    matches = get_close_matches(text, list(candidates), n=1, cutoff=cutoff)
    return matches[0] if matches else None


def alike(text: str, candidates: Iterable[str], cutoff: float) -> list[str]:
    """Return the candidates closest to the text, at most three."""
    from difflib import SequenceMatcher, get_close_matches

    matches = get_close_matches(text, list(candidates), n=3, cutoff=cutoff)
    ratios = [SequenceMatcher(a=match, b=text).ratio() for match in matches]
    return [match for match, ratio in zip(matches, ratios, strict=True) if ratio == ratios[0]]
