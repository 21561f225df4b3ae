"""Parser, dispatch and exit status of the command line.

Exit status: 0 yes or done, 1 a negative verdict (invalid, rejected, faults of severity RECHAZO), 2 unusable input or
usage. Results go to stdout, JSON with ``--json``; diagnostics to stderr; never a traceback.
"""

from __future__ import annotations

import argparse
import errno
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from .._shown import in_json, shown
from .._version import __version__
from ..errors import DianFeError, InvalidInput

if TYPE_CHECKING:
    from ..faults import Fault

Run = Callable[[argparse.Namespace], int]

YES, NO, UNUSABLE = 0, 1, 2


_USAGE_ERRORS = (
    (r"the following arguments are required: (.*)", r"falta {}."),
    (
        r"argument (.*?): invalid choice: (.*) \(choose from (.*)\)",
        r"{}: no se admite. Se encontró: {}. Se esperaba: {}.",
    ),
    (r"argument (.*?): invalid int value: (.*)", r"{}: no es un número entero. Se encontró: {}."),
    (r"argument (.*?): expected (?:one|at least one) argument", r"{}: falta el valor."),
    (r"argument (.*?): ignored explicit argument (.*)", r"{}: no lleva valor. Se encontró: {}."),
    (r"argument (.*?): not allowed with argument (.*)", r"{}: no va junto con {}."),
    (r"unrecognized arguments: (.*)", r"sobra {}."),
    (r"ambiguous option: (.*) could match (.*)", r"{} puede ser {}: escríbala completa."),
)
"""What argparse says, in English alone, and how it is said here."""
_HEADINGS = (
    ("usage: ", "uso: "),
    ("positional arguments:", "argumentos:"),
    ("options:", "opciones:"),
    ("show this help message and exit", "muestra esta ayuda y termina"),
)
_FILE_ERRORS = {
    errno.ENOENT: ("no existe.", "revise el nombre y la carpeta."),
    errno.EISDIR: ("es una carpeta.", "dé el nombre de un archivo."),
    errno.ENOTDIR: ("una parte de la ruta no es una carpeta.", "revise la ruta."),
    errno.EEXIST: ("ya existe y no es una carpeta.", "dé otra carpeta."),
    errno.EACCES: ("no hay permiso.", "revise los permisos del archivo y de su carpeta."),
    errno.EPERM: ("no hay permiso.", "revise los permisos del archivo y de su carpeta."),
    errno.EROFS: ("está en un disco que no se puede escribir.", "dé otra carpeta."),
    errno.ENOSPC: ("no hay espacio en el disco.", "libere espacio o dé otra carpeta."),
    errno.ENAMETOOLONG: ("el nombre es demasiado largo.", "dé un nombre más corto."),
}


class _Parser(argparse.ArgumentParser):
    """Usage and its errors in Spanish, these in the form of the others, with exit status 2."""

    def error(self, message: str) -> NoReturn:
        for pattern, spanish in _USAGE_ERRORS:
            if match := re.fullmatch(pattern, message):
                message = spanish.format(*match.groups())
                break
        self.print_usage(sys.stderr)
        self.exit(UNUSABLE, f"{shown(message)} Qué hacer: vea {self.prog} --help\n")

    def format_usage(self) -> str:
        return _in_spanish(super().format_usage())

    def format_help(self) -> str:
        return _in_spanish(super().format_help())


def _in_spanish(text: str) -> str:
    for english, spanish in _HEADINGS:
        text = text.replace(english, spanish)
    return text


def parser() -> argparse.ArgumentParser:
    """Make the parser with every verb; each module of verbs adds its own."""
    from . import delivering, demo, documents, events, graphic, issuing, rules, service, verifying

    top = _Parser(
        prog="python -m dian_fe",
        description="Facturación electrónica colombiana con validación previa de la DIAN.",
    )
    version = f"dian-fe {__version__}"
    top.add_argument("--version", action="version", version=version, help="muestra la versión y termina")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERBO", parser_class=_Parser)
    for module in (demo, issuing, events, documents, verifying, rules, graphic, delivering, service):
        module.add_verbs(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status, which is the verdict even where nobody reads the output."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot write «ñ» shows its escape: a result is worth more than its accents.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = parser().parse_args(arguments)
        return _run(options, as_json=getattr(options, "json", False))
    finally:
        for each in (sys.stdout, sys.stderr):
            # What is still in the buffer would break the pipe when Python ends, and change the exit status.
            _despite_closing(each, each.flush)


def _run(options: argparse.Namespace, *, as_json: bool) -> int:
    try:
        run: Run = options.run
        return run(options)
    except DianFeError as error:
        _refuse(error.as_dict(), str(error), as_json)
    except OSError as error:
        refusal = _file_error(error)
        _refuse({**refusal.as_dict(), "code": "file", "found": str(error.filename or "")}, str(refusal), as_json)
    except KeyboardInterrupt:
        say("interrumpido", file=sys.stderr)
    return UNUSABLE


def _despite_closing(stream: TextIO, write: Callable[[], object]) -> None:
    """Write, or stop writing for good when who read the stream closed it (``| head``)."""
    try:
        write()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _file_error(error: OSError) -> InvalidInput:
    name = f" {error.filename}" if error.filename else ""
    reason, remedy = _FILE_ERRORS.get(error.errno or 0, (f"{error.strerror or error}.", "revise el archivo y su ruta."))
    return InvalidInput(f"No se puede usar el archivo{name}: {reason}", remedy=remedy)


def _refuse(data: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        emit({"error": data})
    say(text, file=sys.stderr)


def say(*values: object, file: TextIO | None = None, flush: bool = False) -> None:
    """Print one line for people: no text of a document or file name begins another or commands the terminal."""
    stream = sys.stdout if file is None else file
    text = shown(" ".join(map(str, values)))
    _despite_closing(stream, lambda: print(text, file=stream, flush=flush))


def say_faults(faults: Iterable[Fault], indent: str = "") -> None:
    """Print findings, one on a line; of very many the foremost, and how many more there are."""
    for line in lines_of(faults):
        say(f"{indent}{line}")


def lines_of(faults: Iterable[Fault], *, hints: bool = False) -> Iterator[str]:
    """Return findings as lines; ``hints``: what to do about those that reject is told after each."""
    from ..faults import foremost

    told, more = foremost(faults)
    for fault in told:
        yield str(fault)
        if hints and fault.hint and fault.rejects:
            yield f"  qué hacer: {fault.hint}"
    if more:
        yield f"… y {more} hallazgos más; con --json se dan todos"


def emit(data: Any) -> None:
    """Print a result as JSON, unseen characters escaped; in ASCII where the output lacks some of its characters."""
    text = in_json(json.dumps(data, ensure_ascii=False, indent=2, default=str))
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(data, indent=2, default=str)
    _despite_closing(sys.stdout, lambda: print(text))
