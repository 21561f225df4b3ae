"""Follow a page word by word, as a newcomer would: write its files, run its commands, compare what they print.

    python tests/docs/follow.py PAGE FOLDER

Everything is done in FOLDER, commands in one shell, so that what one activates is active for the next. The tests
leave out what installs (``Follower.shell`` is told so); ``.ci/run`` does everything, in a copy of the project.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.docs.pages import Block, blocks_of, shows

INSTALLS = re.compile(r"\bpip install\b|-m venv\b|/activate\b|^cd |^git clone ", re.MULTILINE)
"""Commands that set a machine up: a test of one page has all that already."""
END = "--- end of block ---"


class Differs(AssertionError):
    """A page that does not do what it shows."""


class Shell:
    """One shell for all the commands of a page."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=folder,
            env=environment,
            text=True,
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, commands: str) -> tuple[int, str]:
        """Run commands, each only if those before it went well; return the status and what was printed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        joined = " &&\n".join(line for line in commands.replace("\\\n", " ").splitlines() if line.strip())
        self.process.stdin.write(f'{{ {joined}\n}} </dev/null; printf "\\n%s %s\\n" "{END}" $?\n')
        self.process.stdin.flush()
        printed = ""
        for line in self.process.stdout:
            if line.startswith(END):
                return int(line.removeprefix(END)), printed
            printed += line
        raise Differs(f"the shell ended: {printed}")

    def close(self) -> None:
        """End the shell."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Follower:
    """Follows one page in a folder. ``installing``: also run the commands that set the machine up."""

    def __init__(self, page: Path, folder: Path, *, installing: bool = False) -> None:
        self.page, self.folder, self.installing = page, folder, installing
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.printed: str | None = None
        self.shell: Shell | None = None

    def follow(self) -> int:
        """Go over the blocks; return how many were run. Raises ``Differs``, or what a program raises."""
        run = 0
        try:
            for block in blocks_of(self.page):
                run += self._take(block)
        finally:
            if self.shell is not None:
                self.shell.close()
        return run

    def _take(self, block: Block) -> int:
        if block.language == "text":
            if self.printed is None or not shows(self.printed, block.text):
                raise Differs(
                    f"{self.page.name}:{block.line} shows\n{block.text}\nbut this was printed\n{self.printed}"
                )
            return 0
        self.printed = None
        if block.title is not None:
            (self.folder / block.title).write_text(block.text, encoding="utf-8")
            return 0
        if block.language == "python":
            self.printed = self._python(block)
        elif block.language == "sh":
            if not self.installing and INSTALLS.search(block.text):
                return 0
            self.printed = self._commands(block)
        return block.language in {"python", "sh"}

    def _python(self, block: Block) -> str:
        program = compile("\n" * (block.line - 1) + block.text, str(self.page), "exec", dont_inherit=True)
        output = io.StringIO()
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(output), warnings.catch_warnings():
                warnings.simplefilter("error")
                exec(program, self.names)
        finally:
            os.chdir(before)
        return output.getvalue()

    def _commands(self, block: Block) -> str:
        if self.shell is None:
            self.shell = Shell(self.folder, self._environment())
        status, printed = self.shell.run(block.text)
        if status:
            raise Differs(f"{self.page.name}:{block.line} ends with {status}\n{block.text}\n{printed}")
        return printed

    def _environment(self) -> dict[str, str]:
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
        if self.installing:
            return environment
        programs = self.folder / ".programs"
        programs.mkdir(exist_ok=True)
        python = programs / "python"
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -W error "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        return environment | {"PATH": f"{programs}{os.pathsep}{environment['PATH']}"}


if __name__ == "__main__":
    page, folder = map(Path, sys.argv[1:])
    count = Follower(page.resolve(), folder.resolve(), installing=True).follow()
    print(f"{page}: {count} blocks")
