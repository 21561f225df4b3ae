"""Why a signature fails: changes to the document after signing, or errors of the signer.

A cause is reported only when it is proven: with the fault undone, the failing digest or value becomes right, which
cannot happen by chance. What cannot be undone (an edited text, another key) needs proof by the rest of the signature.
The work is bounded (`Allowance`): where it ends before everything was tried, ``searched`` is False, and nothing is
concluded from what was not tried.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from ...errors import UnreadableDocument
from ...rules.facts import library_words
from ..allowance import Allowance, weight
from ..signature.c14n import CanonicalizationError, OwnedDocument
from ..signature.references import SIGNATURE, SignedInfo
from ..verdicts import Cause, Part
from .signer_faults import Value, declared_elsewhere, reference_fault, written_fault
from .undo import BY_TRACES, UNDOINGS, State, Undoing

_MOST_TRIES: Final = 160
_Found = dict[str, tuple[Cause, ...]]
_FOLLOWED: Final = 2
"""How many of the documents that one way of undoing gives are combined with others."""
_SPANISH: Final[dict[str, str]] = {
    Part.DOCUMENT: "el documento",
    Part.KEY_INFO: "ds:KeyInfo",
    Part.SIGNED_PROPERTIES: "xades:SignedProperties",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Causes by the part that they break, and what the rest of the signature proves, in Spanish."""

    by_part: Mapping[str, tuple[Cause, ...]] = field(default_factory=dict)
    evidence: str = ""
    searched: bool = True
    """False when something was not tried."""

    @property
    def causes(self) -> tuple[Cause, ...]:
        """All causes, those of the document first."""
        parts = sorted(self.by_part, key=lambda part: part != Part.DOCUMENT)
        return tuple(dict.fromkeys(cause for part in parts for cause in self.by_part[part]))

    def hint(self, part: str) -> str:
        """Return why a part fails and what to do."""
        return " ".join(map(describe, self.by_part.get(part, ())))


@cache
def describe(cause: Cause) -> str:
    """Return what a cause means and what to do, in Spanish."""
    words = library_words()[cause.value]
    return f"{words.message} {words.hint}"


def explain_failure(info: SignedInfo, allowance: Allowance) -> Explanation:
    """Return why a signature is invalid; no causes for a valid one, or one that lacks what can be judged."""
    failing = _failing(info)
    if not failing:
        return Explanation()
    causes: _Found = {}
    try:
        _by_signer(info, failing, (), causes, allowance)
        left = failing - causes.keys()
        if left and allowance.pay(weight(info.document.data)):
            restored, mended = _Search(State.of(info, frozenset(left)), allowance).best()
            causes |= dict.fromkeys(mended, restored.causes)
            left -= mended
            if left and restored.causes:
                _by_signer(restored.info, left, restored.causes, causes, allowance)
            if left:
                _rest(restored.info, left - causes.keys(), causes, allowance)
    except (CanonicalizationError, UnreadableDocument):
        pass
    evidence = _evidence(info, failing)
    searched = not (allowance.spent and failing - causes.keys())
    if not searched:
        evidence += " No se buscó más: por su tamaño o su forma, el documento exige demasiado trabajo."
    return Explanation(causes, evidence, searched)


def _failing(info: SignedInfo) -> set[str]:
    """Return the parts whose digest or value is there and wrong."""
    parts = {pointed.part for pointed in info.pointed if pointed.problem is None}
    if info.element is not None:
        parts.add(Part.SIGNATURE_VALUE)
    return parts - _holding(info, parts)


def _holding(info: SignedInfo, parts: Set[str]) -> set[str]:
    """Return those of the parts whose digest or value is right."""
    holding = {pointed.part for pointed in info.pointed if pointed.part in parts and info.judge(pointed).valid}
    if Part.SIGNATURE_VALUE in parts and info.signer()[1] is None:
        holding.add(Part.SIGNATURE_VALUE)
    return holding


def _by_signer(
    info: SignedInfo, failing: set[str], before: tuple[Cause, ...], causes: _Found, allowance: Allowance
) -> None:
    """Add the signer's errors to ``causes``, in addition to what was undone (``before``)."""
    for pointed in info.pointed:
        if pointed.part in failing and (fault := reference_fault(info, pointed, allowance)):
            causes[pointed.part] = (*before, fault)
    if Part.SIGNATURE_VALUE in failing and (fault := Value(info).fault()):
        causes[Part.SIGNATURE_VALUE] = (*before, fault)


def _rest(info: SignedInfo, left: set[str], causes: _Found, allowance: Allowance) -> None:
    """Add to ``causes`` what cannot be undone: other declarations, another SignedInfo or key, and edited contents."""
    for pointed in info.pointed:
        if pointed.part in left:
            fault = written_fault(info, pointed, allowance) or declared_elsewhere(info, pointed)
            if fault is not None:
                causes[pointed.part] = (fault,)
    if Part.SIGNATURE_VALUE in left and (fault := Value(info).rest()):
        causes[Part.SIGNATURE_VALUE] = (fault,)
    if allowance.spent or info.signer()[1] is not None:
        return
    edited = {pointed.part for pointed in info.pointed} & left - causes.keys()
    holding = any(info.judge(pointed).valid for pointed in info.pointed)
    if holding or edited == {Part.DOCUMENT}:
        causes.update(dict.fromkeys(edited, (Cause.EDITED,)))


def _evidence(info: SignedInfo, failing: set[str]) -> str:
    """Return which parts are valid and which not, and the conclusion."""
    if Part.SIGNATURE_VALUE not in failing:
        value = "El valor de la firma corresponde a ds:SignedInfo y a la llave del certificado."
    elif Value(info).recovered is not None:
        value = "El valor de la firma lo produjo la llave del certificado, pero sobre otro ds:SignedInfo."
    else:
        value = "El valor de la firma no se puede atribuir a la llave del certificado."
    parts = {
        words: [_SPANISH.get(each.part, each.part) for each in info.pointed if (each.part in failing) is wrong]
        for words, wrong in (("Corresponde", False), ("No corresponde", True))
    }
    return " ".join((value, *(f"{words} a su resumen: {', '.join(names)}." for words, names in parts.items() if names)))


def _located(data: bytes) -> SignedInfo | None:
    """Return the signature of a restored document; None when it has no readable one."""
    try:
        document = OwnedDocument(data)
    except UnreadableDocument:
        return None
    found = document.root.iter(SIGNATURE)
    return next((SignedInfo(document, signature) for signature in found), None)


class _Search:
    """Undoes one thing, then two, then all that left traces, until every failing part holds or the tries are spent."""

    def __init__(self, start: State, allowance: Allowance) -> None:
        self._start = start
        self._allowance = allowance
        self._cost = weight(start.data)
        self._failing = start.failing
        self._sound = _holding(start.info, {*(pointed.part for pointed in start.info.pointed), Part.SIGNATURE_VALUE})
        self._seen = {hashlib.sha256(start.data).digest()}
        self._left = _MOST_TRIES
        self._best: tuple[State, frozenset[str]] = (start, frozenset())

    def best(self) -> tuple[State, frozenset[str]]:
        """Return the document that repairs most, the least changed of those, and the parts that it repairs."""
        first: list[tuple[State, Undoing]] = []
        for undoing in UNDOINGS:
            tried = self._try(self._start, undoing)
            if undoing in BY_TRACES:
                first += [(state, undoing) for state in tried[:_FOLLOWED]]
        self._further()
        for state, done in first:
            for undoing in UNDOINGS:
                if undoing is not done:
                    self._try(state, undoing)
        self._further()
        if len(first) > 1:
            self._all_traces()
            self._further()
        return self._best

    def _further(self) -> None:
        """Go on from what repairs a part, as long as that repairs more."""
        before = 0
        while before < len(self._best[1]) and not self._done:
            before = len(self._best[1])
            for undoing in UNDOINGS:
                self._try(self._best[0], undoing)

    def _all_traces(self) -> None:
        state = self._start
        for undoing in UNDOINGS:
            found = self._try(state, undoing, again=True)
            if found and undoing in BY_TRACES:
                state = found[0]

    @property
    def _done(self) -> bool:
        return self._left <= 0 or self._best[1] >= self._failing

    def _try(self, state: State, undoing: Undoing, *, again: bool = False) -> list[State]:
        """Undo one thing, note what repairs most, and return the documents that result."""
        states: list[State] = []
        if self._done:
            return states
        for causes, data in self._allowance.metered(undoing(state), self._cost):
            if self._done:
                break
            digest = hashlib.sha256(data).digest()
            if data == state.data or (digest in self._seen and not again):
                continue
            self._seen.add(digest)
            self._left -= 1
            info = _located(data)
            if info is None:
                continue
            found = State(data, info, self._failing, tuple(dict.fromkeys((*state.causes, *causes))))
            mended = self._mended(info)
            if len(mended) > len(self._best[1]):
                self._best = found, mended
            states.append(found)
        return states

    def _mended(self, info: SignedInfo) -> frozenset[str]:
        """Return the failing parts that hold now; none when a part that held no longer does."""
        try:
            mended = _holding(info, self._failing)
            if mended and _holding(info, self._sound) == self._sound:
                return frozenset(mended)
        except CanonicalizationError:
            pass
        return frozenset()
