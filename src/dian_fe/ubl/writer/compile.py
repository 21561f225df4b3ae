"""Turns tables into writers: one Python function per structure and kind, made once and kept.

The functions are plain string building, because the canonical form is the only one ever written: no tree, no second
pass. `source_of` shows what was made. Fields are taken from the models' ``__dict__``: as attributes they would add 3 %
to our own work on an invoice of ten lines (`benchmarks`, goal 16).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from threading import RLock
from typing import Any

from ...errors import NotAllowed
from ...families.registry import kind as kind_named
from ...families.spec import DocumentKind
from ..codecs import NAMES, Codec, attribute, attribute_texts, attribute_writer, text
from ..control import Control
from ..grammar import grammar_of, structure_of
from ..table import CONTROL, Attr, Const, Row, Structure, attribute_name, has_attributes
from ..tree import Node, Tree, tree_of

Writer = Callable[[Any, Control, str], str]
"""(model, control, currency attribute) → canonical text of the element's content."""


class _Body:
    """The statements that append text to one variable; neighbouring literals become one."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.lines: list[str] = []
        self._literal = ""

    def literal(self, written: str) -> None:
        """Append the same text always."""
        self._literal += written

    def append(self, expression: str, condition: str = "") -> None:
        """Append an f-string (given without quotes), when a condition holds."""
        if condition:
            self.add(f"{condition}: {self.target} += f'{expression}'")
        else:
            self.lines.append(f"{self.target} += f'{_quoted(self._literal)}{expression}'")
            self._literal = ""

    def add(self, *statements: str) -> None:
        """Append statements unchanged."""
        self.flush()
        self.lines += statements

    def flush(self) -> None:
        """Write the pending literal."""
        if self._literal:
            self.lines.append(f"{self.target} += '{_quoted(self._literal, braces=False)}'")
            self._literal = ""


class _Maker:
    """Makes the writers of one kind, each function when it is first called: most documents need few of them."""

    def __init__(self, kind: DocumentKind) -> None:
        self.kind = kind
        self.names: dict[tuple[str, str], str] = {}
        self.structures: dict[str, tuple[Structure, str]] = {}
        self.sources: dict[str, str] = {}
        self.scope: dict[str, Any] = {**NAMES, "lost": _lost, "orphan": _orphan}
        self.counter = 0
        self._lock = RLock()

    def writer(self, structure: Structure, type_name: str) -> str:
        """Return the name of the function that writes a structure; at first that of one that makes it."""
        key = (structure.name, type_name)
        if key not in self.names:
            name = f"write_{structure.name}_{len(self.names)}"
            self.names[key], self.structures[name] = name, (structure, type_name)
            self.scope[name] = lambda o, c, cur: self.made(name)(o, c, cur)
        return self.names[key]

    def made(self, name: str) -> Writer:
        """Return the function of that name, making it when it is not there yet."""
        if name not in self.sources:
            with self._lock:
                self._make(name)
        writer: Writer = self.scope[name]
        return writer

    def _make(self, name: str) -> None:
        structure, type_name = self.structures[name]
        source = self._function(name, tree_of(structure, type_name, self.kind, written=True))
        scope: dict[str, Any] = {}
        exec(compile(source, f"<dian_fe writers of {self.kind.name}>", "exec"), self.scope, scope)
        self.scope[name] = scope[name]
        self.sources[name] = source

    def _function(self, name: str, tree: Tree) -> str:
        body = _Body("p")
        for row in tree.left_out:
            value = self._value(tree.structure, row.field)
            body.add(f"if {value}: lost({tree.structure.name!r}, {row.name!r}, {row.label!r})")
        body.add("p = ''")
        for child in tree.root.children.values():
            self._element(body, tree.structure, child)
        body.flush()
        result = "return p"
        if tree.root.attrs:
            own = self._own_attributes(tree.structure, tree.root)
            result = f"return f'{own}>{{p}}' if p or {self._any_value(tree.structure, tree.root)} else ''"
        lines = "".join(f"    {line}\n" for line in (*body.lines, result))
        fields = "".join(
            f"    {variable} = {model}.__dict__\n"
            for variable, model in (("d", "o"), ("k", "c"))
            if f"{variable}[" in lines
        )
        return f"def {name}(o, c, cur):\n{fields}{lines}"

    def _value(self, structure: Structure, field: str) -> str:
        """Return the expression of a field of the model or of `Control`, or of a property of the model."""
        if field.startswith(CONTROL):
            return f'k["{field.removeprefix(CONTROL)}"]'
        return f'd["{field}"]' if field in structure.model.model_fields else f"o.{field}"

    def _element(self, body: _Body, structure: Structure, node: Node) -> None:
        """Write an element, or nothing when it would be empty."""
        for leaf in (node, *node.leaves):
            if isinstance(leaf.row, Const):
                attributes = self._own_attributes(structure, leaf, leaf.row.attrs)
                if "{" in attributes:
                    body.append(f"<{leaf.tag}{attributes}>")
                else:
                    body.literal(f"<{leaf.tag}{attributes}>")
                body.literal(f"{text(leaf.row.text)}</{leaf.tag}>")
            elif leaf.row is not None:
                self._leaf(body, structure, leaf, leaf.row)
        if node.children or (node.attrs and node.row is None):
            self._group(body, structure, node)

    def _group(self, body: _Body, structure: Structure, node: Node) -> None:
        attributes = self._own_attributes(structure, node)
        if _always(node):
            if attributes:
                body.append(f"<{node.tag}{attributes}>")
            else:
                body.literal(f"<{node.tag}>")
            for child in node.children.values():
                self._element(body, structure, child)
            body.literal(f"</{node.tag}>")
            return
        self.counter += 1
        inner = _Body(f"g{self.counter}")
        for child in node.children.values():
            self._element(inner, structure, child)
        inner.flush()
        body.add(f"{inner.target} = ''", *inner.lines)
        said = f" or {self._any_value(structure, node)}" if node.attrs else ""
        body.append(f"<{node.tag}{attributes}>{{{inner.target}}}</{node.tag}>", f"if {inner.target}{said}")

    def _own_attributes(self, structure: Structure, node: Node, attrs: tuple[Attr, ...] = ()) -> str:
        """Return, for an f-string, all attributes of an element in canonical order: ``attrs``, and rows' own."""
        written = {item.name: self._attribute(structure, item) for item in attrs if not item.silent}
        for row in node.attrs:
            name = attribute_name(row)
            if isinstance(row, Const):
                written[name] = _quoted(f' {name}="{attribute(row.text)}"')
            else:
                assert isinstance(row.codec, Codec)
                function = f"own_{len(self.scope)}"
                self.scope[function] = attribute_writer(name, row.codec)
                written[name] = f"{{{function}({self._value(structure, row.fallback or row.field)})}}"
        return "".join(written[name] for name in sorted(written))

    def _any_value(self, structure: Structure, node: Node) -> str:
        """Return the condition that one of an element's own attributes has a value; constants do not count."""
        rows = [row for row in node.attrs if isinstance(row, Row)]
        values = (self._value(structure, row.fallback or row.field) for row in rows)
        return " or ".join(f"{value} is not None" for value in values) or "False"

    def _leaf(self, body: _Body, structure: Structure, node: Node, row: Row) -> None:
        tag = node.tag
        value = self._value(structure, row.fallback or row.field)
        if isinstance(row.codec, Structure):
            function = self.writer(row.codec, node.type)
            self._nested(body, structure, tag, row, f"{function}({{}}, c, cur)", value)
            return
        written = self._text(structure, node, row, row.codec)
        if row.many:
            body.add(f"for v in {value}: {body.target} += f'{written}'")
        else:
            test = f"if v := {value}" if row.codec.collection else f"if (v := {value}) is not None"
            body.append(written, test)
            if orphans := self._orphans(structure, row):
                body.add(f"elif {orphans}: orphan({structure.name!r}, {row.name!r}, {row.label!r})")

    def _orphans(self, structure: Structure, row: Row) -> str:
        """Return the condition under which attributes of an absent element have values that would be lost."""
        fields = [item.field for item in row.attrs if item.field and not item.derived]
        if row.echo or row.in_control:
            return ""
        return " or ".join(
            f"{self._value(structure, field)} is not None" for field in fields if not field.startswith(CONTROL)
        )

    def _nested(self, body: _Body, structure: Structure, tag: str, row: Row, call: str, value: str) -> None:
        assert isinstance(row.codec, Structure)
        one = f"f'<{tag}{'' if has_attributes(row.codec) else '>'}{{s}}</{tag}>'"
        if not row.many:
            body.add(f"if (v := {value}) is not None and (s := {call.format('v')}): {body.target} += {one}")
        elif structure.model is self.kind.model_class:
            # A document may have thousands of lines: joined once, not appended one by one to what is long already.
            every = f"''.join([{one} for v in {value} if (s := {call.format('v')})])"
            body.add(f"if {value}: {body.target} += {every}")
        else:
            body.add(f"for v in {value}:", f"    if s := {call.format('v')}: {body.target} += {one}")

    def _text(self, structure: Structure, node: Node, row: Row, codec: Codec) -> str:
        attributes = "{cur}" if codec.currency else self._own_attributes(structure, node, row.attrs)
        return f"<{node.tag}{attributes}>{{{codec.source.format('v')}}}</{node.tag}>"

    def _attribute(self, structure: Structure, item: Attr) -> str:
        if item.const is not None:
            return _quoted(f' {item.name}="{attribute(item.const)}"')
        assert item.field is not None
        self.scope.setdefault(f"at_{item.name}", attribute_texts(item.name))
        absent = ' or ""' if item.blank else ""
        return f"{{at_{item.name}[{self._value(structure, item.field)}{absent}]}}"


def _quoted(written: str, *, braces: bool = True) -> str:
    """Escape a text for the inside of a single-quoted literal."""
    written = written.replace("\\", "\\\\").replace("'", "\\'")
    return written.replace("{", "{{").replace("}", "}}") if braces else written


def _always(node: Node) -> bool:
    """True if a group always has content: only then is it written without a condition."""
    return any(isinstance(child.row, Const) or (child.children and _always(child)) for child in node.children.values())


def _lost(structure: str, name: str, label: str) -> None:
    raise NotAllowed.of("ubl.no_place", field=f"{structure}.{name}", label=label)


def _orphan(structure: str, name: str, label: str) -> None:
    raise NotAllowed.of("ubl.orphan_data", field=f"{structure}.{name}", label=label)


@cache
def writers(kind: DocumentKind) -> dict[str, Writer]:
    """Return the writers of a kind: "root", "attributes" (of the root), and those of the blocks in the extensions."""
    maker = _maker(kind)
    return {entry: maker.made(name) for entry, name in _entries(maker).items()}


@cache
def _maker(kind: DocumentKind) -> _Maker:
    return _Maker(kind)


def _entries(maker: _Maker) -> dict[str, str]:
    kind = maker.kind
    whole = structure_of(kind)
    own = tuple(row for row in whole.rows if row.path[:1] == "@")
    root = replace(whole, rows=tuple(row for row in whole.rows if row not in own)) if own else whole
    entries = {"root": maker.writer(root, kind.root)}
    if own:
        entries["attributes"] = maker.writer(replace(whole, name=f"{whole.name}Attributes", rows=own), kind.root)
    for slot in grammar_of(kind).extensions:
        entries |= {name: maker.writer(*of) for name, of in slot.structures().items()}
    return entries


def source_of(kind_name: str) -> str:
    """Return the Python source of a kind's writers."""
    kind = kind_named(kind_name)
    writers(kind)
    maker = _maker(kind)
    while missing := maker.structures.keys() - maker.sources.keys():
        for name in missing:
            maker.made(name)
    return "\n".join(maker.sources[name] for name in maker.structures)
