"""Which values an annotation accepts, resolved without importing its types before they are needed.

A union is tried from left to right; a name that is imported for type checkers only is found in the source of the
module that uses it.
"""

from __future__ import annotations

import ast
import builtins
import collections.abc
import functools
import inspect
import re
import sys
import textwrap
import threading
import types
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from enum import Enum

NO, BY_VALUE, BY_TYPE = 0, 1, 2
"""Whether a value fits: not at all, this one, any of its type."""
_OWN_REFUSALS = frozenset({"Exact", "TestSetId"})
"""Annotations whose values are refused where they are used, with an error of their own class."""
_WORDS = {
    "str": ("un texto", "escriba un texto"),
    "int": ("un número entero", "escriba un número entero"),
    "float": ("un número", "escriba un número"),
    "bool": ("True o False", "escriba True o False"),
    "bytes": ("bytes", "pase los bytes; de un archivo: Path(…).read_bytes()"),
    "Decimal": ("un Decimal", 'escriba Decimal("…")'),
    "Exact": ("un número exacto", "escriba un Decimal, un entero o un texto"),
    "TestSetId": ("un GUID, como texto", "copie el TestSetId del portal de habilitación"),
    "datetime": ("un datetime con zona", "use datetime(…, tzinfo=ZoneInfo('America/Bogota'))"),
    "date": ("una fecha (date)", "use date(año, mes, día)"),
    "timedelta": ("un timedelta", "use timedelta(…)"),
    "Path": ("una ruta (Path)", "indique la ruta del archivo"),
    "Callable": ("una función", "pase la función, sin llamarla"),
    "type": ("una clase", "pase la clase"),
    "None": ("nada (None)", "quite el argumento"),
    "Mapping": ("un diccionario", "pase un diccionario"),
    "dict": ("un diccionario", "pase un diccionario"),
    "Any": ("un valor", "corrija el valor"),
}
"""Spanish names of annotations, with the remedy."""
_MAKERS = {
    "Answer": "use lo que devuelve Client.send(…)",
    "AsyncTransport": "use AsyncHttpTransport(…) o un objeto con exchange_async(request)",
    "Built": "use lo que devuelve build(documento, issuer)",
    "Certificate": "use un certificado de cryptography: load_certificates(…)",
    "Draft": "use lo que devuelve company.invoice(…), company.draft(…) o company.load(…)",
    "EventDocument": "use lo que devuelve read(…)",
    "DeliveryRecord": "use lo que devuelve deliver(…) o DeliveryRecord.from_dict(…)",
    "Issuable": "use un documento hecho con from_lines(…) o correcting(…), o un Event",
    "Issued": "use lo que devuelve company.issue(…) o company.find(…)",
    "Issuer": "use Issuer(…) o load_issuer(…)",
    "Package": "use lo que devuelve pack(…) o Package.load(…)",
    "Received": "use lo que devuelve read(…)",
    "Resolution": "use lo que devuelve Client.numbering(…) o Resolution(…)",
    "TradeDocument": "use un documento hecho con from_lines(…) o correcting(…)",
    "SetCounts": "use Counts(…) de dian_fe.habilitacion",
    "Sender": "use SmtpSender(…) o una función que reciba el mensaje y sus destinatarios",
    "Shipment": "use lo que guardó store: Shipment.from_json(…)",
    "Signed": "use lo que devuelve sign(build(documento, issuer), signer, at=momento)",
    "Signer": "use Pkcs12Signer.load(…), PemSigner.load(…), Pkcs11Signer.open(…) o CallableSigner(…)",
    "Store": "use SqliteStore(…), PostgresStore(…) o MemoryStore()",
    "Transport": "use HttpTransport(…) o un objeto con exchange(request)",
    "TrustStore": "use TrustStore.load(…)",
    "Verified": "use lo que devuelve verify(…)",
}
"""How to obtain a value of a type that is not made by its constructor."""
NOTHING = _WORDS["None"][0]
_parsing = threading.Lock()
_LISTS = (list, tuple, set, frozenset)


def _tree(source: str, mode: str) -> Any:
    """Return the tree of a source, one thread at a time: Python 3.11 fails now and then when two do it at once."""
    with _parsing:
        return ast.parse(source, mode=mode)


@functools.cache
def _parse(text: str) -> Any:
    return _tree(text, "eval").body


def parsed(annotation: Any) -> Any:
    """Return the tree of an annotation that is text, and any other as it is."""
    if isinstance(annotation, str):
        return _parse(annotation)
    forward = getattr(annotation, "__forward_arg__", None)
    return annotation if forward is None else _parse(forward)


@functools.cache
def _checkers_imports(module: str) -> Mapping[str, tuple[str, str | None]]:
    """Return what a module imports for type checkers only: the module and the name behind each name."""
    try:
        blocks = _CHECKERS_BLOCK.findall(inspect.getsource(sys.modules[module]))
        lines = [line for block in blocks for line in _tree(textwrap.dedent(block), "exec").body]
    except (OSError, TypeError, KeyError, SyntaxError):  # no source available: such names accept any value
        return {}
    found: dict[str, tuple[str, str | None]] = {}
    package = sys.modules[module].__package__ or ""
    for line in lines:
        if isinstance(line, ast.ImportFrom):
            base = package.rsplit(".", line.level - 1)[0] if line.level else ""
            home = ".".join(filter(None, (base, line.module)))
            found.update({each.asname or each.name: (home, each.name) for each in line.names})
        elif isinstance(line, ast.Import):
            found.update({each.asname or each.name: (each.name, None) for each in line.names})
    return found


_CHECKERS_BLOCK = re.compile(r"^if (?:\w+\.)?TYPE_CHECKING:[^\n]*\n((?:[ \t]+[^\n]*\n|\n)+)", re.MULTILINE)
"""What is inside ``if TYPE_CHECKING:``; to parse whole modules for it takes a twentieth of a cold start."""


def resolve(node: Any, module: str) -> Any:
    """Return what a name in an annotation stands for; ``Any`` for what cannot be found."""
    from importlib import import_module

    if isinstance(node, ast.Attribute):
        return getattr(resolve(node.value, module), node.attr, Any)
    if not isinstance(node, ast.Name):
        return Any
    scope = vars(sys.modules[module])
    if node.id in scope:
        return scope[node.id]
    if node.id in vars(builtins):
        return vars(builtins)[node.id]
    home, name = _checkers_imports(module).get(node.id, (None, None))
    if home is None:
        return Any
    found = import_module(home)
    return found if name is None else getattr(found, name, Any)


def _alternatives(annotation: Any) -> Iterator[Any]:
    """Yield the parts of a union, lazily: what is behind them is loaded only when it is needed."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        yield from _alternatives(annotation.left)
        yield from _alternatives(annotation.right)
    else:
        yield annotation


def _parts(annotation: Any, module: str) -> tuple[Any, tuple[Any, ...]]:
    """Return the origin and the arguments of an annotation, whether it is a tree or an object."""
    from typing import get_args, get_origin

    if isinstance(annotation, ast.Subscript):
        inner = annotation.slice
        return resolve(annotation.value, module), tuple(inner.elts) if isinstance(inner, ast.Tuple) else (inner,)
    if isinstance(annotation, ast.AST):
        return None, ()
    return get_origin(annotation), get_args(annotation)


def _home(annotation: Any, module: str) -> str:
    """Return the module that resolves the names of an alias: the one that defines it, else the one that uses it."""
    if isinstance(annotation, ast.Name) and annotation.id not in vars(sys.modules[module]):
        home, _ = _checkers_imports(module).get(annotation.id, (None, None))
        if home in sys.modules:
            return str(home)
    return module


_FITTING: set[tuple[Any, str, type]] = set()
"""Trees of annotations, their modules, and the types that fit them: a list's items are mostly of one type."""


def fits(annotation: Any, value: Any, module: str) -> int:
    """Return how a value fits an annotation: `NO`, `BY_VALUE` or `BY_TYPE`."""
    known = (annotation, module, type(value)) if isinstance(annotation, ast.AST) else None
    if known in _FITTING:
        return BY_TYPE
    best = NO
    for part in _alternatives(annotation):
        best = max(best, _fits_one(part, value, module))
        if best == BY_TYPE:
            if known is not None:
                _FITTING.add(known)
            break
    return best


def _fits_one(annotation: Any, value: Any, module: str) -> int:
    if isinstance(annotation, ast.Constant):
        if annotation.value is None:
            return BY_TYPE if value is None else NO
        return fits(parsed(annotation.value), value, module) if isinstance(annotation.value, str) else BY_VALUE
    if isinstance(annotation, ast.Name) and annotation.id in _OWN_REFUSALS:
        return NO if isinstance(value, type) or type(value) is object else BY_TYPE
    if isinstance(annotation, ast.Name | ast.Attribute):
        home = _home(annotation, module)
        return fits(resolve(annotation, module), value, home)
    origin, args = _parts(annotation, module)
    if origin in (Union, types.UnionType):
        return max(fits(parsed(arg), value, module) for arg in args)
    if origin is Annotated:
        return fits(parsed(args[0]), value, module)
    if origin is Literal:
        wanted = [arg.value if isinstance(arg, ast.Constant) else arg for arg in args]
        return BY_VALUE if any(value == each for each in wanted) else NO
    if origin is not None:
        return _fits_generic(origin, tuple(map(parsed, args)), value, module)
    if annotation is None or annotation is type(None):
        return BY_TYPE if value is None else NO
    if annotation is Any or annotation is object:
        return BY_TYPE
    if isinstance(annotation, TypeVar):
        bound = annotation.__bound__
        if bound is not None:
            return fits(parsed(bound), value, annotation.__module__ or module)
        return max((fits(parsed(each), value, module) for each in annotation.__constraints__), default=BY_TYPE)
    return _fits_class(annotation, value) if isinstance(annotation, type) else BY_TYPE


def _fits_class(cls: type, value: Any) -> int:
    from datetime import date, datetime
    from enum import StrEnum

    if getattr(cls, "_is_protocol", False):
        return BY_TYPE if not isinstance(value, type) and _fulfils(cls, value) else NO
    if hasattr(cls, "__total__"):  # a TypedDict
        return BY_VALUE if isinstance(value, collections.abc.Mapping) else NO
    if cls in (collections.abc.Callable, collections.abc.Hashable):
        return BY_TYPE if callable(value) else NO
    if cls in (int, float):
        fit = isinstance(value, (int, cls)) and not isinstance(value, bool)
    elif cls is bytes:
        fit = isinstance(value, bytes | bytearray | memoryview)
    elif cls is date:
        fit = isinstance(value, date) and not isinstance(value, datetime)
    else:
        fit = isinstance(value, cls)
        if not fit and isinstance(value, str) and issubclass(cls, StrEnum):  # its members are texts, and equal to them
            return BY_VALUE if any(value == member for member in cls) else NO
    return BY_TYPE if fit else NO


def _fulfils(protocol: Any, value: Any) -> bool:
    """True if a value has every member that a protocol names."""
    names = {
        name
        for cls in protocol.__mro__
        if getattr(cls, "_is_protocol", False)
        for name in (*vars(cls), *vars(cls).get("__annotations__", {}))
        if not name.startswith("_")
    }
    return all(hasattr(value, name) for name in names)


def _fits_generic(origin: Any, args: tuple[Any, ...], value: Any, module: str) -> int:
    if origin is collections.abc.Callable:
        return BY_VALUE if callable(value) and _takes(value, args) else NO
    if origin is type:
        return BY_TYPE if isinstance(value, type) else NO
    if not isinstance(origin, type):
        return BY_TYPE
    if issubclass(origin, collections.abc.Mapping):
        if not isinstance(value, collections.abc.Mapping):
            return NO
        pairs = all(fits(args[0], key, module) and fits(args[1], each, module) for key, each in value.items())
        return BY_VALUE if pairs else NO
    if not _is_list(origin):
        return _fits_class(origin, value)
    if isinstance(value, str | bytes | type | collections.abc.Mapping) or hasattr(type(value), "model_fields"):
        return NO
    wanted = (tuple, list) if origin is tuple else origin
    if not isinstance(value, wanted):
        return NO
    return BY_VALUE if _misfit_item(origin, args, value, module) is None else NO


def _takes(value: Any, args: tuple[Any, ...]) -> bool:
    """True if a function takes as many arguments as it will be called with, or if its signature is unknown."""
    number = arity_of(args)
    if number is None:
        return True
    try:
        inspect.signature(value).bind(*(None,) * number)
    except (TypeError, ValueError) as error:
        return isinstance(error, ValueError)
    return True


def arity_of(args: tuple[Any, ...]) -> int | None:
    """Return how many arguments a function of that annotation takes; None for any number."""
    taken = args[0] if args else None
    taken = taken.elts if isinstance(taken, ast.List) else taken
    return len(taken) if isinstance(taken, list) else None


def _is_list(origin: type) -> bool:
    return origin in _LISTS or (origin.__module__ == "collections.abc" and issubclass(origin, collections.abc.Iterable))


def _misfit_item(origin: Any, args: tuple[Any, ...], value: Any, module: str) -> tuple[int, Any] | None:
    """Return the position and the annotation of the first item that does not fit; generators are not iterated."""
    if not isinstance(value, _LISTS):
        return None
    fixed = origin is tuple and not (len(args) == 2 and _is_dots(args[1]))
    if fixed and len(args) != len(value):
        return (len(value), args[0]) if not value else (0, origin)
    seen: set[type] = set()
    for index, item in enumerate(value):
        if not fixed and type(item) in seen:
            continue
        wanted = args[index] if fixed else args[0]
        fit = fits(wanted, item, module)
        if fit == NO:
            return index, wanted
        if fit == BY_TYPE:
            seen.add(type(item))
    return None


def _is_dots(annotation: Any) -> bool:
    return annotation is ... or (isinstance(annotation, ast.Constant) and annotation.value is ...)


def misfit(annotation: Any, value: Any, module: str) -> tuple[int, Any] | None:
    """Return position and annotation of the first item of a list that does not fit; None if there is none."""
    if not isinstance(value, list | tuple):
        return None
    for part in _alternatives(annotation):
        inner, home = part, module
        if isinstance(part, ast.Name):
            inner, home = resolve(part, module), _home(part, module)
        origin, args = _parts(inner, home)
        if isinstance(origin, type) and _is_list(origin):
            found = _misfit_item(origin, tuple(map(parsed, args)), value, home)
            if found is not None and found[0] < len(value) and not isinstance(found[1], type):
                return found
    return None


def told(annotation: Any, module: str) -> Iterator[tuple[str, str]]:
    """Yield what an annotation accepts, in Spanish, with the remedy."""
    for part in _alternatives(annotation):
        if isinstance(part, ast.Constant):
            if part.value is None:
                yield _WORDS["None"]
            elif isinstance(part.value, str):
                yield from told(parsed(part.value), module)
            continue
        if isinstance(part, ast.Name) and part.id in (*_OWN_REFUSALS, *_MAKERS):
            yield _words(part.id)
            continue
        if isinstance(part, ast.Name | ast.Attribute):
            yield from told(resolve(part, module), _home(part, module))
            continue
        origin, args = _parts(part, module)
        if origin in (Union, types.UnionType):
            for arg in args:
                yield from told(parsed(arg), module)
        elif origin is Annotated:
            yield from told(parsed(args[0]), module)
        elif origin is Literal:
            values = ", ".join(repr(arg.value if isinstance(arg, ast.Constant) else arg) for arg in args)
            yield values, f"escriba {values}"
        elif isinstance(origin, type) and issubclass(origin, collections.abc.Mapping) and args:
            pair = (" o ".join(words for words, _ in told(parsed(arg), module)) for arg in args)
            words, remedy = _WORDS["Mapping"]
            yield f"{words} ({': '.join(pair)})", remedy
        elif isinstance(origin, type) and _is_list(origin) and args:
            inner = " o ".join(words for words, _ in told(parsed(args[0]), module))
            yield f"una lista (cada elemento: {inner})", "ponga los valores entre corchetes: […]"
        elif origin is collections.abc.Callable and (number := arity_of(tuple(map(parsed, args)))):
            words, remedy = _WORDS["Callable"]
            yield f"{words} de {number} argumento{'s' if number > 1 else ''}", remedy
        elif origin is not None:
            yield _words(getattr(origin, "__name__", "Any"))
        elif part is None or part is type(None):
            yield _WORDS["None"]
        elif isinstance(part, TypeVar):
            for each in (part.__bound__, *part.__constraints__):
                if each is not None:
                    yield from told(parsed(each), part.__module__ or module)
        elif isinstance(part, type) and hasattr(part, "__members__"):
            codes = ", ".join(str(each.value) for each in cast("type[Enum]", part))
            members = [f"{part.__name__}.{name}" for name in part.__members__]
            use = " o ".join(members) if len(members) <= 4 else part.__name__
            yield f"{part.__name__}: {codes}" if len(codes) < 90 else part.__name__, f"use {use}"
        else:
            yield _words(getattr(part, "__name__", "Any"))


def _words(name: str) -> tuple[str, str]:
    return _WORDS.get(name) or (name, _MAKERS.get(name) or f"use {name}(…)")
