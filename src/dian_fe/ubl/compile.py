"""Turns tables into writers: one Python function per structure and kind, made once and kept.

The functions are plain string building, because the canonical form is the only one ever written: no tree, no second
pass. `source_of` shows what was made.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from ..errors import NotAllowed
from .codecs import NAMES, Codec, attribute, text
from .control import Control
from .kinds import KINDS, Kind
from .rows import Attr, Const, Row, Structure
from .tree import Node, Tree, tree_of

Writer = Callable[[Any, Control, str], str]
"""(model, control, currency attribute) → canonical text of the element's content."""


class _Maker:
    """Writes the source of the writers of one kind."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.sources: dict[str, str] = {}
        self.names: dict[tuple[str, str], str] = {}
        self.pending: list[tuple[str, Tree]] = []
        self.counter = 0

    def writer(self, structure: Structure, type_name: str) -> str:
        """Give the name of the function that writes a structure, making it when it is new."""
        key = (structure.name, type_name)
        if key not in self.names:
            name = f"write_{structure.name}_{len(self.names)}"
            self.names[key] = name
            self.sources[name] = ""  # reserves the name: structures may hang in each other
            self.sources[name] = self._function(name, tree_of(structure, type_name, self.kind))
        return self.names[key]

    def fresh(self, letter: str) -> str:
        self.counter += 1
        return f"{letter}{self.counter}"

    def _function(self, name: str, tree: Tree) -> str:
        guards = "".join(
            f"    if o.{row.name}: lost({tree.structure.name!r}, {row.name!r}, {row.label!r})\n"
            for row in tree.left_out
        )
        pieces = _merge([piece for child in tree.root.children.values() for piece in self.element(child)])
        return f"def {name}(o, c, cur):\n{guards}    return {_join(pieces)}\n"

    def element(self, node: Node) -> list[str]:
        """Give the expressions that make an element (or nothing, when it has nothing to say)."""
        pieces = []
        for leaf in (node, *node.leaves):
            if leaf.row is not None:
                pieces += self.leaf(leaf.tag, leaf.row)
        if node.children:
            pieces += self.group(node)
        return pieces

    def group(self, node: Node) -> list[str]:
        inner = _merge([piece for child in node.children.values() for piece in self.element(child)])
        if _always(node):
            return [repr(f"<{node.tag}>"), *inner, repr(f"</{node.tag}>")]
        variable = self.fresh("g")
        return [f"(f'<{node.tag}>{{{variable}}}</{node.tag}>' if ({variable} := {_join(inner)}) else '')"]

    def leaf(self, tag: str, row: Row | Const) -> list[str]:
        if isinstance(row, Const):
            return [repr(f"<{tag}{_const_attrs(row.attrs)}>{text(row.text)}</{tag}>")]
        owner = "c" if row.in_control else "o"
        value = f"{owner}.{row.fallback or row.name}"
        if isinstance(row.codec, Structure):
            return [self._nested(tag, row, value)]
        variable = self.fresh("v")
        if row.many:
            body = self._text(tag, row, row.codec, "x", owner)
            return [f"(''.join([{body} for x in {variable}]) if ({variable} := {value}) else '')"]
        body = self._text(tag, row, row.codec, variable, owner)
        missing = f"not ({variable} := {value})" if row.codec.collection else f"({variable} := {value}) is None"
        return [f"('' if {missing} else {body})"]

    def _nested(self, tag: str, row: Row, value: str) -> str:
        assert isinstance(row.codec, Structure)
        function = self.writer(row.codec, _nested_type(tag))
        variable, content = self.fresh("v"), self.fresh("s")
        item = "x" if row.many else variable
        one = f"(f'<{tag}>{{{content}}}</{tag}>' if ({content} := {function}({item}, c, cur)) else '')"
        if row.many:
            return f"(''.join([{one} for x in {variable}]) if ({variable} := {value}) else '')"
        return f"('' if ({variable} := {value}) is None else {one})"

    def _text(self, tag: str, row: Row, codec: Codec, variable: str, owner: str) -> str:
        opening = f"'<{tag}"
        if codec.currency:
            attrs = "' + cur + '"
        else:
            attrs = "".join(_attr(item, owner) for item in sorted(row.attrs, key=lambda item: item.name))
        return f"({opening}{attrs}>' + {codec.source.format(variable)} + '</{tag}>')".replace(" + '' + ", " + ")


def _nested_type(tag: str) -> str:
    from . import vocabulary

    return vocabulary.type_of(tag) if tag[:4] == "cac:" else tag


def _const_attrs(attrs: tuple[Attr, ...]) -> str:
    return "".join(f' {a.name}="{attribute(a.const or "")}"' for a in sorted(attrs, key=lambda item: item.name))


def _attr(item: Attr, owner: str) -> str:
    if item.const is not None:
        return f' {item.name}="{attribute(item.const)}"'
    assert item.field is not None
    source = (
        f"c.{item.field.removeprefix('control.')}" if item.field.startswith("control.") else f"{owner}.{item.field}"
    )
    return f"' + ('' if (a := {source}) is None else ' {item.name}=\"' + attribute(a) + '\"') + '"


def _always(node: Node) -> bool:
    """Tell whether a group always has content: only then is it written without looking."""
    return any(isinstance(child.row, Const) or (child.children and _always(child)) for child in node.children.values())


def _merge(pieces: list[str]) -> list[str]:
    """Join neighbouring literals."""
    merged: list[str] = []
    for piece in pieces:
        if merged and piece[0] in "'\"" and merged[-1][0] in "'\"":
            merged[-1] = repr(eval(merged[-1]) + eval(piece))  # both are literals made by repr above
        else:
            merged.append(piece)
    return merged


def _join(pieces: list[str]) -> str:
    if not pieces:
        return "''"
    return pieces[0] if len(pieces) == 1 else f"''.join(({', '.join(pieces)}))"


def _lost(structure: str, name: str, label: str) -> None:
    raise NotAllowed(
        f"este tipo de documento no tiene dónde escribir «{label}».",
        field=f"{structure}.{name}",
        expected="sin valor",
        remedy="quite el dato; UBL no lo admite en este documento.",
    )


@cache
def writers(kind_name: str) -> dict[str, Writer]:
    """Give the compiled writers of a kind: "root" and "extensions"."""
    return _compile(kind_name)[0]


@cache
def _compile(kind_name: str) -> tuple[dict[str, Writer], str]:
    from .tables.extension import DIAN_EXTENSIONS
    from .tables.health import HEALTH_TAG, HEALTH_USER

    kind = KINDS[kind_name]
    maker = _Maker(kind)
    entries = {
        "root": maker.writer(kind.structure, kind.root),
        "extensions": maker.writer(DIAN_EXTENSIONS, "sts:DianExtensions"),
        "health_tag": maker.writer(HEALTH_TAG, "HealthTag"),
        "health_user": maker.writer(HEALTH_USER, "HealthUser"),
    }
    source = "\n".join(maker.sources.values())
    scope: dict[str, Any] = {**NAMES, "lost": _lost}
    exec(compile(source, f"<dian_fe writers of {kind_name}>", "exec"), scope)
    return {entry: scope[function] for entry, function in entries.items()}, source


def source_of(kind_name: str) -> str:
    """Show the Python source of a kind's writers."""
    return _compile(kind_name)[1]
