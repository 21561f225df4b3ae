"""The parser in Spanish: argparse passes its messages through gettext, which finds them here."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from .._shown import shown
from .output import UNUSABLE

MESSAGES = {
    "usage: ": "uso: ",
    "positional arguments": "argumentos",
    "options": "opciones",
    "show this help message and exit": "muestra esta ayuda y termina",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "Falta %s.",
    "one of the arguments %s is required": "Falta uno de %s.",
    "expected one argument": "Falta el valor.",
    "expected at least one argument": "Falta el valor.",
    "unrecognized arguments: %s": "Sobra %s.",
    "unexpected option string: %s": "Sobra %s.",
    "ignored explicit argument %r": "No lleva valor. Se encontró: %r.",
    "not allowed with argument %s": "No va junto con %s.",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s puede ser %(matches)s: escríbala completa.",
    "invalid %(type)s value: %(value)r": "No es un número entero. Se encontró: %(value)r.",
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "No se admite. Se encontró: %(value)r. Se esperaba: %(choices)s."
    ),
    "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)": (
        "No se admite. Se encontró: %(value)r. Se esperaba: %(choices)s."
    ),
    "unknown parser %(parser_name)r (choices: %(choices)s)": (
        "No se admite. Se encontró: %(parser_name)r. Se esperaba: %(choices)s."
    ),
}
"""What Python 3.11 to 3.14 say of a command line, by their gettext keys; no verb can trigger the others."""

_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def in_spanish() -> Iterator[None]:
    """Have argparse, which knows ``gettext`` by the name ``_``, find its messages in `MESSAGES`."""
    names = vars(argparse)
    with _ONE_AT_A_TIME:  # a second thread would take the first one's function for the usual one, and leave it behind
        usual = names["_"]
        names["_"] = lambda message: MESSAGES.get(message, message)
        try:
            yield
        finally:
            names["_"] = usual


class Parser(argparse.ArgumentParser):
    """A parser whose usage errors have the form of the other refusals, with exit status 2."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(UNUSABLE, f"{shown(message)} Qué hacer: vea {self.prog} --help\n")
