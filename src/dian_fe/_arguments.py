"""Argument checks of public callables, made against their annotations before anything else runs.

``checked`` reads the annotations at the first value of each type; later calls with the same types are one set look-up.
Types that are imported for type checkers only are found in the source of the module.
"""

from __future__ import annotations

import ast
import functools
import inspect
from typing import TYPE_CHECKING, cast

from ._annotations import BY_TYPE, NO, NOTHING, fits, misfit, parsed, resolve, told
from .errors import InvalidInput, UnknownArgument

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    T = TypeVar("T")
    F = TypeVar("F", bound=Callable[..., Any])


_OWN = "__refuses__"
"""Attribute with the names of arguments that a callable refuses itself."""


def _mark(constructor: Any, owner: type) -> None:
    """Mark the constructor with the arguments that its class refuses itself."""
    constructor.__dict__.setdefault(_OWN, vars(owner).get(_OWN, frozenset()))


def checked(target: T) -> T:
    """Check the arguments of a function, or of a class's constructor and public methods, against their annotations.

    Raise ``InvalidInput``, which names callable and argument, what was found and expected, and the next step; and
    ``UnknownArgument`` for a name that the callable does not take. Missing arguments are left to Python.
    """
    if not isinstance(target, type):
        return cast("T", _guarded(target))
    for name, value in list(vars(target).items()):
        if name != "__init__" and (name.startswith("_") or isinstance(value, type)):
            continue
        if isinstance(value, classmethod | staticmethod):
            guarded = _guarded(value.__func__, target)
            if guarded is not value.__func__:
                setattr(target, name, type(value)(guarded))
        elif inspect.isfunction(value):
            if name == "__init__":
                _mark(value, target)
            guarded = _guarded(value, target)
            if guarded is not value:
                setattr(target, name, guarded)
    inherited = getattr(target, "__init__", None)
    if "__init__" not in vars(target) and inspect.isfunction(inherited):
        init = inspect.unwrap(inherited)
        _mark(init, target)
        setattr(target, "__init__", _guarded(init, target))  # noqa: B010 - mypy knows better
    return target


def unchecked(target: T) -> T:
    """Return a checked function, or the constructor of a checked class, without checks: for the library's own calls.

    Those of taxes and signatures are 7 % of our own work on an invoice of ten lines (`benchmarks`, goal 16).
    """
    if not isinstance(target, type):
        return cast("T", inspect.unwrap(cast("Any", target)))
    init = inspect.unwrap(vars(target)["__init__"])

    def make(*args: Any, **given: Any) -> Any:
        made: Any = object.__new__(target)
        init(made, *args, **given)
        return made

    return cast("T", make)


def refuses(*names: str) -> Callable[[T], T]:
    """Skip arguments that a function or constructor refuses itself, with its own messages."""

    def mark(target: T) -> T:
        setattr(target, _OWN, frozenset(names))
        return target

    return mark


def named(function: F) -> F:
    """Name the model in the errors of a function that makes it; the model validates the arguments."""
    own = _Arguments(function, None).own

    @functools.wraps(function)
    def wrapper(cls: Any, *args: Any, **given: Any) -> Any:
        try:
            return function(cls, *args, **given)
        except InvalidInput as error:
            own(error, (cls,))
            raise
        except TypeError as error:  # Python's own names the class above that has the function
            written = f"{function.__qualname__}()"
            if not str(error).startswith(written):
                raise
            raise TypeError(f"{cls.__name__}.{function.__name__}(){str(error).removeprefix(written)}") from None

    return wrapper  # type: ignore[return-value]  # the same to whoever calls it


def _guarded(function: Any, owner: type | None = None) -> Any:
    arguments = _Arguments(function, owner)
    if not arguments.any:
        return function
    check, own, fine = arguments.check, arguments.own, arguments.fine
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def wrapper(*args: Any, **given: Any) -> Any:
            if _types(args, given) not in fine:
                check(args, given)
            try:
                return await function(*args, **given)
            except InvalidInput as error:
                own(error, args)
                raise

    else:

        @functools.wraps(function)
        def wrapper(*args: Any, **given: Any) -> Any:
            if _types(args, given) not in fine:
                check(args, given)
            try:
                return function(*args, **given)
            except InvalidInput as error:
                own(error, args)
                raise

    return wrapper


def _types(args: tuple[Any, ...], given: dict[str, Any]) -> Any:
    """Return the key of a way of calling: the types of all arguments and the names of those given by name."""
    if given:
        return (*map(type, args), *given, *map(type, given.values()))
    return type(args[0]) if len(args) == 1 else (*map(type, args),)


_NOTHING: tuple[Any, ...] = ()
_MOST_KNOWN = 64
"""Ways of calling one callable that are remembered: programs have a few."""


class _Arguments:
    """The arguments of one callable: their names and annotations, and the types that were found to fit."""

    def __init__(self, function: Any, owner: type | None) -> None:
        function = inspect.unwrap(function)
        code = function.__code__
        self._left: frozenset[str] = function.__dict__.get(_OWN, frozenset())
        positional = code.co_varnames[: code.co_argcount]
        named = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        self._bound = int(positional[:1] in (("self",), ("cls",)))
        self._positional = positional[self._bound :]
        self._annotations: dict[str, Any] = {
            name: function.__annotations__[name]
            for name in named
            if name in function.__annotations__ and name not in self._left
        }
        rest = code.co_varnames[len(named) :]
        self._rest = rest[0] if code.co_flags & inspect.CO_VARARGS else None
        options = rest[bool(self._rest)] if code.co_flags & inspect.CO_VARKEYWORDS else None
        self._options = function.__annotations__.get(options) if options else None
        self._open = options is not None
        self._names = named[self._bound :]
        if self._rest:
            self._annotations[self._rest] = function.__annotations__.get(self._rest, "Any")
        self.any = bool(self._annotations.keys() - {"return"}) or self._open
        module = function.__globals__["__name__"]
        self._scopes = dict.fromkeys(self._annotations, module)
        self._module = module
        self._fitting: dict[str, set[type]] = {name: set() for name in self._annotations}
        what = function.__qualname__ if owner is None else f"{owner.__qualname__}.{function.__name__}"
        self._empty: set[str] = set()
        """Names of arguments that an empty tuple fits."""
        self.fine: set[Any] = set()
        """Ways of calling it whose arguments fit whatever their values."""
        self._callable = f"{what.removesuffix('.__init__')}()"

    def check(self, args: tuple[Any, ...], given: dict[str, Any]) -> None:
        """Raise ``InvalidInput`` for the first argument that is not of its type; remember ways of calling that fit."""
        own = args[self._bound :]
        named = [*zip(self._positional, own, strict=False)]
        if self._rest is not None:
            named += [(self._rest, value) for value in own[len(self._positional) :]]
        named += given.items()
        for name, value in named:
            types = self._fitting.get(name)
            if types is None:
                self._option(name, value)
            elif type(value) not in types and (value is not _NOTHING or name not in self._empty):
                self._look(name, value)
        by_type = all(type(value) in self._fitting[name] for name, value in named if name in self._fitting)
        too_many = self._rest is None and len(own) > len(self._positional)  # which Python refuses
        if by_type and not too_many and len(self.fine) < _MOST_KNOWN:
            self.fine.add(_types(args, given))

    def own(self, error: InvalidInput, args: tuple[Any, ...]) -> None:
        """Name the callable, or the model that it makes, where an error of its body is about its arguments."""
        first = args[0] if args else None
        model = first if isinstance(first, type) else type(first)
        for each in (*error.errors, error):
            if each is error and len(error.errors) > 1:
                continue  # it lists the others, each with its own
            root = (each.field or "").partition("[")[0].partition(".")[0]
            fields = getattr(model, "model_fields", ())
            if each.owner is None and fields and (root in fields or isinstance(first, type)):
                each.owner = model.__name__
            elif root and root in self._names and (each.owner is None or each.owner.endswith("()")):
                each.owner = self._callable

    def _option(self, name: str, value: Any) -> None:
        """Take an argument that no parameter names: one of ``**options`` whose names a TypedDict holds, or unknown."""
        if self._open and self._options is None:
            return
        if self._open and isinstance(self._options, str):
            self._open_options()
            if name in self._fitting:
                self._look(name, value)
                return
            if self._options is None:
                return
        if name in self._names:  # a parameter without annotation
            return
        from ._meant import meant  # only a refusal needs it

        known = tuple(dict.fromkeys((*self._names, *(each for each in self._annotations if each != self._rest))))
        close = meant(name, known)
        refusal = UnknownArgument.of(
            "unknown_argument",
            field=name,
            found=name,
            expected=", ".join(known) or "ningún argumento con nombre",
            remedy=f"¿Quiso decir {close}?" if close else "quite el argumento.",
        )
        refusal.owner = self._callable
        raise refusal

    def _open_options(self) -> None:
        """Find the names and types of ``**options: Unpack[…]``; any other ``**options`` takes everything."""
        node = parsed(self._options)
        listed = None
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("Unpack"):
            listed = resolve(node.slice, self._module)
        if listed is None or not hasattr(listed, "__annotations__"):
            self._options = None
            return
        self._options = listed
        for base in (listed, *getattr(listed, "__orig_bases__", ())):
            for name, annotation in getattr(base, "__annotations__", {}).items():
                self._annotations.setdefault(name, "Any" if name in self._left else annotation)
                self._scopes.setdefault(name, base.__module__)
                self._fitting.setdefault(name, set())

    def _look(self, name: str, value: Any) -> None:
        annotation, module = self._annotations[name], self._scopes[name]
        fit = fits(parsed(annotation), value, module)
        if fit == BY_TYPE:
            self._fitting[name].add(type(value))
        elif fit == NO:
            raise self._refusal(name, value, parsed(annotation), module)
        elif value is _NOTHING:
            self._empty.add(name)

    def _refusal(self, name: str, value: Any, annotation: Any, module: str) -> InvalidInput:
        position = misfit(annotation, value, module)
        if position is not None:
            index, annotation = position
            name, value = f"{name}[{index}]", value[index]
        taken = dict(told(annotation, module))
        remedies = [remedy for words, remedy in taken.items() if words != NOTHING]
        if NOTHING in taken:
            remedies.append("quite el argumento")
        refusal = InvalidInput.of(
            "wrong_type",
            field=name,
            found=_found(value),
            expected=" o ".join(taken) or "otro valor",
            remedies="; o ".join(dict.fromkeys(remedies)) or "corrija el valor",
        )
        refusal.owner = self._callable
        return refusal


def _found(value: Any) -> str:
    """Return what was given, by its type: a text or an object may hold a secret."""
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if isinstance(value, type):
        return f"la clase {value.__name__}"
    if isinstance(value, str):
        return (
            "un texto vacío"
            if not value
            else f"un texto de {len(value)} {'carácter' if len(value) == 1 else 'caracteres'}"
        )
    return f"un valor de tipo {type(value).__name__}"
