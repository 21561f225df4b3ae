"""Parts that come again in document after document: who sells, and who buys, in the same words.

A part whose XML has been read before has the model that it had then, since models never change. Only what was read
without any finding is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree
from pydantic import ValidationError

from ...models._fast import validated
from ...models._missing import AS_READ

if TYPE_CHECKING:
    from .warnings import State

_Element = Any
_MOST, _LONGEST = 64, 6_000
"""Parts remembered of one structure, and characters of one."""


class _Before(NamedTuple):
    """A reading before a part is read: the part's text, the numbers of findings, and what `Control` has."""

    text: str
    findings: tuple[int, ...]
    echoes: int
    control: dict[str, Any]


@dataclass(slots=True, eq=False)
class Recurring:
    """The parts of one structure that were read so far."""

    model: type[Any]
    known: dict[str, tuple[Any, dict[str, Any]]] = field(default_factory=dict)
    """The model of each text, and what it says for `Control`."""

    def recall(self, element: _Element, state: State) -> tuple[Any, _Before | None]:
        """Return the model of a part that was read before; else None, with what `remembered` needs."""
        text = etree.tostring(element, encoding="unicode", with_tail=False)
        model, control = self.known.get(text, (None, {}))
        if model is not None and all(state.control.get(name) is None for name in control):
            state.control.update(control)
            return model, None
        if len(text) > _LONGEST:
            return None, None
        return None, _Before(text, _findings(state), len(state.echoes), state.control.copy())

    def remembered(self, before: _Before, values: dict[str, Any], state: State) -> Any:
        """Return the model of a part just read, and remember it; return its values if anything was found in it."""
        echoes = state.echoes[before.echoes :]
        if _findings(state) != before.findings or any(
            owner is not values or owner.get(name) != said for owner, name, said, *_ in echoes
        ):
            return values
        try:
            model = validated(self.model, values, AS_READ)
        except ValidationError:
            return values
        for oldest in list(self.known)[: 1 - _MOST]:
            self.known.pop(oldest, None)
        more = {name: value for name, value in state.control.items() if before.control.get(name) is None}
        self.known[before.text] = model, more
        return model


def _findings(state: State) -> tuple[int, ...]:
    unmapped = state.unmapped
    return (
        *(len(state.problems), state.more, len(unmapped.elements), unmapped.more),
        *(len(state.absent), len(state.loose), len(state.currencies)),
    )
