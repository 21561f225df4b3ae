"""Base of all errors: stable code, place, message, value found, value expected and remedy."""

from __future__ import annotations

from .._shown import clipped, shown
from .texts import texts

TYPE_CHECKING = False
"""True for type checkers, like that of ``typing``: code that only catches errors does not wait for that import."""

if TYPE_CHECKING:
    from typing import Any, ClassVar, Self

_ROOM = "dian_fe.errors"

_CONTEXT: Any = BaseException.__dict__["__context__"]


class DianFeError(Exception):
    """Base of every error of the library.

    ``code`` is stable; ``field`` is the model path (``lines[0].price``), ``found`` and ``expected`` are texts,
    ``remedy`` says in Spanish what to do. ``owner`` is the model that has the field, or the callable that has the
    argument, with parentheses: ``Customer``, ``Client()``, ``deliver()``; None where neither applies.
    """

    __module__ = _ROOM
    code: ClassVar[str] = "dian_fe_error"
    _takes: ClassVar[frozenset[str]] = frozenset({"field", "found", "expected", "remedy"})

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Derive the stable code from the class name; set the package, not the file, as the class's module."""
        super().__init_subclass__(**kwargs)
        if cls.__module__.startswith(f"{_ROOM}."):
            cls.__module__ = _ROOM
        cls.code = _snake_case(cls.__name__)
        code = getattr(cls.__init__, "__code__", None)  # none where a built-in exception comes first
        if code is not None:
            cls._takes = cls._takes | {*code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]}

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        found: object = None,
        expected: object = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.found = None if found is None else str(found)
        self.expected = None if expected is None else str(expected)
        self.remedy = remedy
        self.owner: str | None = None

    @classmethod
    def of(cls, key: str, **values: Any) -> Self:
        """Return the error with the texts filed under ``key``, such as ``signing.several_keys``.

        The part before the last dot is the folder of its ``texts.tsv``. ``values`` are arguments of the class, which
        override the filed texts, and values for their placeholders, such as ``{count}``.
        """
        details = {name: value for name, value in values.items() if name in cls._takes}
        return cls(**{**texts(key, values), **details})

    @property
    def place(self) -> str:
        """Place of the error, as callers write it: ``Invoice.lines[0].price``, ``Client(timeouts)``; or empty."""
        owner, field = self.owner or "", self.field or ""
        if owner.endswith("()"):
            return f"{owner[:-1]}{field})"
        return f"{owner}.{field}" if owner and field else owner or field

    def __str__(self) -> str:
        """Return everything on one line: place, message, found, expected, remedy; invisible characters are escaped."""
        text = f"{self.place}: {self.message}" if self.place else self.message
        if self.found is not None:
            text += f" Se encontró: {clipped(self.found)}."
        if self.expected is not None:
            text += f" Se esperaba: {clipped(self.expected)}."
        if self.remedy:
            text += f" Qué hacer: {self.remedy}"
        return shown(text)

    @property
    def __context__(self) -> BaseException | None:
        """What was being handled, unless ``from None`` hides it: lxml's errors cannot be pickled, as Dask would."""
        hidden = self.__suppress_context__
        return None if hidden else _CONTEXT.__get__(self)

    @__context__.setter
    def __context__(self, value: BaseException | None) -> None:
        _CONTEXT.__set__(self, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how pickle rebuilds the error with every attribute, as between the processes of a pool."""
        return (rebuild, (type(self), self.__dict__))

    def at(self, field: str) -> DianFeError:
        """Prefix the place of the error, as models nest in each other; return the error itself.

        The caller sets the new ``owner``.
        """
        if field:
            self.owner = None
            joint = "" if self.field is None or self.field.startswith("[") else "."
            self.field = field if self.field is None else f"{field}{joint}{self.field}"
        return self

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form used by the command line."""
        names = ("code", "message", "field", "found", "expected", "remedy", "owner")
        return {name: getattr(self, name) for name in names}


def _snake_case(name: str) -> str:
    """Return ``NotAKeyStore`` as ``not_a_key_store``: a word begins at a capital next to a lower-case letter."""
    parts = []
    for before, letter, after in zip(f" {name}", name, f"{name[1:]} ", strict=False):
        begins = letter.isupper() and (not before.isupper() or after.islower())
        parts.append(f"_{letter.lower()}" if begins else letter.lower())
    return "".join(parts).lstrip("_")


def rebuild(cls: type[DianFeError], state: dict[str, Any]) -> DianFeError:
    """Return an error with these attributes, whatever arguments its class takes; pickle calls it."""
    error = cls.__new__(cls)
    Exception.__init__(error, state.get("message", ""))
    error.__dict__.update(state)
    return error


class MissingExtra(DianFeError, ImportError):
    """What was asked for needs an optional dependency that is not installed; the remedy names the extra."""

    @classmethod
    def needed(cls, extra: str, package: str, what: str) -> MissingExtra:
        """Return the error for ``what`` (Spanish, such as «firmar con un token PKCS#11»)."""
        return cls(
            f"Para {what} falta la librería {package}.",
            found="no está instalada",
            expected=f"dian-fe con el extra {extra}",
            remedy=f"instale lo que trae ese extra: pip install {' '.join(_requirements(extra))}",
        )


def _requirements(extra: str) -> list[str]:
    """Return the packages of an extra, quoted for a shell: they can be installed wherever dian-fe came from."""
    import re
    from importlib.metadata import PackageNotFoundError, requires

    try:
        declared = [text.partition(";") for text in requires("dian-fe") or ()]
    except PackageNotFoundError:  # run from a folder, without having been installed
        declared = []
    wanted = f"extra=={extra}"
    names = [name.strip() for name, _, marker in declared if wanted in re.sub(r"[\s'\"]", "", marker)]
    return [f"'{name}'" for name in names] or [f"'dian-fe[{extra}]'"]
