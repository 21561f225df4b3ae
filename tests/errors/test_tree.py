"""The errors: one tree, drawn as it is, without dead branches, whose files are nobody's business."""

from __future__ import annotations

import ast
import inspect
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dian_fe import errors
from dian_fe.errors import DianFeError

ROOM = Path(str(errors.__file__)).parent
CLASSES = [getattr(errors, name) for name in errors.__all__]


def _ours(base: type[DianFeError] = DianFeError) -> Iterator[type[DianFeError]]:
    """Yield every class that the library has, wherever it is defined."""
    yield base
    for child in base.__subclasses__():
        if child.__module__.startswith("dian_fe."):
            yield from _ours(child)


def test_every_class_is_listed() -> None:
    assert sorted({found.__name__ for found in _ours()}) == sorted(errors.__all__)


def test_the_drawn_tree_is_the_real_one() -> None:
    drawn: dict[str, str | None] = {}
    above: list[str] = []
    for line in (inspect.getdoc(errors) or "").splitlines():
        branch = re.match(r"    ((?:[│ ] {3})*)([├└]── )?([A-Z]\w+)\b", line)
        if branch:
            depth = len(branch[1]) // 4 + bool(branch[2])
            del above[depth:]
            assert branch[3] not in drawn
            drawn[branch[3]] = above[-1] if above else None
            above.append(branch[3])
    real = {found.__name__: None if found is DianFeError else found.__bases__[0].__name__ for found in CLASSES}
    assert drawn == real


def test_every_class_is_raised_somewhere_or_has_kinds_that_are() -> None:
    used = set()
    for path in ROOM.parent.rglob("*.py"):
        if path.parent != ROOM:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                used |= {node.id} if isinstance(node, ast.Name) else set()
                used |= {node.attr} if isinstance(node, ast.Attribute) else set()
    assert not [found.__name__ for found in CLASSES if found.__name__ not in used and not found.__subclasses__()]


@pytest.mark.parametrize("cls", CLASSES)
def test_a_class_is_the_rooms_own_and_its_code_is_its_name(cls: type[DianFeError]) -> None:
    """Tracebacks name the path that programs import, and a pickle does not depend on which file holds a class."""
    assert (cls.__module__, cls.__qualname__) == ("dian_fe.errors", cls.__name__)
    assert cls.code.replace("_", "") == cls.__name__.lower()
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", cls.code)
    error = pickle.loads(pickle.dumps(cls("algo", field="x")))
    assert (type(error), error.field, str(error)) == (cls, "x", str(cls("algo", field="x")))


def test_a_class_of_somebody_else_stays_theirs() -> None:
    class HTTPRefusal(errors.NotAllowed):
        """A program's own."""

    assert HTTPRefusal.__module__ == __name__
    assert HTTPRefusal.code == "http_refusal"


def test_a_class_of_users_may_begin_with_a_built_in() -> None:
    class Mine(KeyError, errors.InvalidInput):
        """A caller's own error."""

    assert Mine.code == "mine"
