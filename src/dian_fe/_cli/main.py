"""Parser, dispatch and exit status of the command line.

Exit status: 0 yes or done, 1 a negative verdict (invalid, rejected, faults of severity RECHAZO), 2 unusable input or
usage. Results go to stdout, JSON with ``--json``; diagnostics to stderr; never a traceback.
"""

from __future__ import annotations

import argparse
import errno
import io
import sys
from collections.abc import Callable, Sequence

from .._version import __version__
from ..errors import DianFeError, InvalidInput
from . import delivering, demo, documents, events, exchanging, graphic, issuing, rules, service, verifying
from .output import UNUSABLE, despite_closing, emit, say
from .spanish import Parser, in_spanish

Run = Callable[[argparse.Namespace], int]

_FILE_ERRORS = {
    errno.ENOENT: ("no existe.", "revise el nombre y la carpeta."),
    errno.EISDIR: ("es una carpeta.", "indique el nombre de un archivo."),
    errno.ENOTDIR: ("una parte de la ruta no es una carpeta.", "revise la ruta."),
    errno.EEXIST: ("ya existe y no es una carpeta.", "indique otra carpeta."),
    errno.EACCES: ("no hay permiso.", "revise los permisos del archivo y de su carpeta."),
    errno.EPERM: ("no hay permiso.", "revise los permisos del archivo y de su carpeta."),
    errno.EROFS: ("está en un disco que no se puede escribir.", "indique otra carpeta."),
    errno.ENOSPC: ("no hay espacio en el disco.", "libere espacio o indique otra carpeta."),
    errno.ENAMETOOLONG: ("el nombre es demasiado largo.", "indique un nombre más corto."),
}


@in_spanish()
def parser() -> argparse.ArgumentParser:
    """Return the parser with every verb; each module of verbs adds its own."""
    top = Parser(
        prog="python -m dian_fe",
        description="Facturación electrónica colombiana con validación previa de la DIAN.",
    )
    version = f"dian-fe {__version__}"
    top.add_argument("--version", action="version", version=version, help="muestra la versión y termina")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERBO", parser_class=Parser)
    for module in (demo, issuing, events, documents, verifying, rules, graphic, delivering, exchanging, service):
        module.add_verbs(verbs)
    for name, verb in verbs.choices.items():
        if name != "simulator":  # it prints a log, which has no JSON form
            verb.add_argument("--json", action="store_true", help="resultado en JSON")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status, which is the verdict even when the output is closed."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot write «ñ» shows its escape: a result is worth more than its accents.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with in_spanish():
            options = parser().parse_args(arguments)
        return _run(options.run, options)
    finally:
        for each in (sys.stdout, sys.stderr):
            # What is still in the buffer would break the pipe when Python ends, and change the exit status.
            despite_closing(each, each.flush)


def _run(run: Run, options: argparse.Namespace) -> int:
    try:
        return run(options)
    except DianFeError as error:
        data, text = error.as_dict(), str(error)
    except OSError as error:
        refusal = _file_error(error)
        data, text = {**refusal.as_dict(), "code": "file", "found": str(error.filename or "")}, str(refusal)
    except KeyboardInterrupt:
        say("interrumpido", file=sys.stderr)
        return UNUSABLE
    if getattr(options, "json", False):
        emit({"error": data})
    say(text, file=sys.stderr)
    return UNUSABLE


def _file_error(error: OSError) -> InvalidInput:
    name = f" {error.filename}" if error.filename else ""
    reason, remedy = _FILE_ERRORS.get(error.errno or 0, (f"{error.strerror or error}.", "revise el archivo y su ruta."))
    return InvalidInput(f"No se puede usar el archivo{name}: {reason}", remedy=remedy)
