"""argparse speaks Spanish while the command line parses, and only then."""

from __future__ import annotations

import argparse
from threading import Event, Thread

from dian_fe._cli.spanish import in_spanish


def test_two_threads_leave_argparse_as_it_was() -> None:
    usual = vars(argparse)["_"]
    entered, leave = Event(), Event()

    def second() -> None:
        with in_spanish():
            entered.set()
            leave.wait(5)

    thread = Thread(target=second)
    with in_spanish():
        assert vars(argparse)["_"]("options") == "opciones"
        thread.start()
        entered.wait(0.2)
    leave.set()
    thread.join()
    try:
        assert vars(argparse)["_"] is usual
    finally:
        vars(argparse)["_"] = usual
