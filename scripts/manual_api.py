"""What the API pages leave out: what only the library's own code names. An extension of griffe.

These are bases, defaults, and short names of types: ``Text`` is shown as ``str``.
"""

from __future__ import annotations

import ast
import importlib
import re
import types
import typing
from pathlib import Path
from typing import Any

from griffe import Attribute, Class, Expr, Extension, Function, NameResolutionError, Object, get_annotation

PUBLIC = frozenset(
    re.findall(
        r"^::: (\S+)$",
        "".join(page.read_text(encoding="utf-8") for page in sorted(Path("docs/api").glob("*.md"))),
        re.MULTILINE,
    )
)
"""What the pages list, by import path."""
NAMES = frozenset(path.rpartition(".")[2] for path in PUBLIC)
COMPUTED = re.compile(r"\b(?:lambda|factory|partial|field|Field|cast|slot|classmethod)\b|(?<![\w\"'])_[a-z]|\w\(")
"""A default that is computed: its docstring says how."""


class Plain(ast.NodeTransformer):
    """Puts what they stand for in place of names of types that no page lists. ``scope``: where the names are used."""

    def __init__(self, scope: Object) -> None:
        self.scope = scope

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """``Fixed[X]`` is X, ``Many[X]`` a tuple: both are written otherwise only for the constructor."""
        name = node.value.id if isinstance(node.value, ast.Name) else ""
        if name == "Fixed":
            return self.visit(node.slice)
        if name == "Many":
            return _parsed(f"tuple[{ast.unparse(self.visit(node.slice))}, ...]")
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace an alias."""
        try:
            module, _, name = self.scope.resolve(node.id).rpartition(".")
            meant = getattr(importlib.import_module(module), name)
        except (NameResolutionError, ImportError, AttributeError, ValueError):
            return node
        elsewhere = not module.startswith("dian_fe") or isinstance(meant, typing.TypeVar | types.ModuleType)
        if elsewhere or name in NAMES or getattr(meant, "__module__", "").startswith("dian_fe"):
            return node
        return _parsed(spelled(meant))


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def spelled(meant: Any) -> str:
    """Return a type as one writes it, without what pydantic checks of it."""
    origin, arguments = typing.get_origin(meant), typing.get_args(meant)
    if origin is typing.Annotated:
        return spelled(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return " | ".join(map(spelled, arguments))
    if isinstance(meant, list):
        return f"[{', '.join(map(spelled, meant))}]"
    if isinstance(meant, typing.ForwardRef):
        return meant.__forward_arg__
    if meant is Ellipsis:
        return "..."
    if meant is type(None):
        return "None"
    if origin is not None and origin is not typing.Literal:
        return f"{origin.__name__}[{', '.join(map(spelled, arguments))}]"
    return meant.__name__ if isinstance(meant, type) else str(meant).replace("typing.", "")


def plain(annotation: str | Expr | None, scope: Object | None) -> str | Expr | None:
    """Return an annotation without names that no page lists."""
    if annotation is None or scope is None:
        return annotation
    try:
        tree = _parsed(str(annotation))
    except SyntaxError:
        return annotation
    before = ast.dump(tree)
    tree = Plain(scope).visit(tree)
    return annotation if ast.dump(tree) == before else get_annotation(tree, parent=scope)


class Internals(Extension):
    """Hides bases that no page lists, names of types, and values that are calls of the library's own functions."""

    def on_class(self, *, cls: Class, **_: Any) -> None:
        """Keep the bases that a page lists, or that are Python's."""
        cls.bases = [base for base in cls.bases if self.is_known(base)]

    def on_function(self, *, func: Function, **_: Any) -> None:
        """Write its types plainly."""
        func.returns = plain(func.returns, func.parent)
        for parameter in func.parameters:
            parameter.annotation = plain(parameter.annotation, func.parent)

    def on_attribute(self, *, attr: Attribute, **_: Any) -> None:
        """Keep plain values, and write its type plainly."""
        attr.annotation = plain(attr.annotation, attr.parent)
        if attr.value is not None and COMPUTED.search(str(attr.value)):
            attr.value = None

    @staticmethod
    def is_known(base: str | Expr) -> bool:
        """True if a page lists the base, or it is no name of the library's."""
        path = base if isinstance(base, str) else base.canonical_path
        return not path.startswith("dian_fe.") or path.rpartition(".")[2] in NAMES
