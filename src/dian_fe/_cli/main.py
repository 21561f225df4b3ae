"""Parser, dispatch and exit status of the command line.

Exit status: 0 yes or done, 1 a negative verdict (invalid, rejected, faults of severity RECHAZO), 2 unusable input or
usage. Results go to stdout, JSON with ``--json``; diagnostics to stderr; never a traceback.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from .._version import __version__
from ..errors import DianFeError

Run = Callable[[argparse.Namespace], int]

YES, NO, UNUSABLE = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    """Says usage errors in the form of the others, with exit status 2."""

    def error(self, message: str) -> Any:
        self.print_usage(sys.stderr)
        self.exit(UNUSABLE, f"{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """Make the parser with every verb; each module of verbs adds its own."""
    from . import delivering, demo, documents, events, graphic, issuing, rules, service, verifying

    top = _Parser(
        prog="python -m dian_fe",
        description="Facturación electrónica colombiana con validación previa de la DIAN.",
    )
    top.add_argument("--version", action="version", version=f"dian-fe {__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERBO", parser_class=_Parser)
    for module in (demo, issuing, events, documents, verifying, rules, graphic, delivering, service):
        module.add_verbs(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit status."""
    options = parser().parse_args(arguments)
    as_json = getattr(options, "json", False)
    try:
        run: Run = options.run
        return run(options)
    except DianFeError as error:
        _refuse(error.as_dict(), str(error), as_json)
    except BrokenPipeError:
        # Who read the output closed it (``| head``): nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return YES
    except OSError as error:
        name = error.filename or ""
        text = f"no se puede usar el archivo {name}: {error.strerror or error}"
        _refuse({"code": "file", "message": text, "found": str(name)}, text, as_json)
    except KeyboardInterrupt:
        print("interrumpido", file=sys.stderr)
    return UNUSABLE


def _refuse(data: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        emit({"error": data})
    print(text, file=sys.stderr)


def emit(data: Any) -> None:
    """Print a result as JSON."""
    print(json.dumps(data, ensure_ascii=False, indent=2, default=str))
