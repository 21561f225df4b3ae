"""Parts under way: each is given to a worker, and begun again when its worker ends before it does."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import Any, Final

from ..errors import DianFeError, StoreError
from .engines import Call, Lost

_LOOK: Final = 10.0
"""Seconds between looks at the workers."""
TRIES: Final = 20
"""How often a part is begun without coming any farther before it is given up for now.

One that needs more memory than there is would end its workers for ever; one whose workers are killed for other reasons
gets through."""


@dataclass(slots=True)
class Task:
    """A step of a part."""

    step: str
    """What is done, as the dashboard and the bar show it."""
    part: int
    call: Call
    arguments: tuple[Any, ...]
    tries: int = 0
    reached: int = 0
    """How far it came when it was last begun."""


@dataclass(slots=True)
class Work:
    """Tasks on an engine. One that fails is in ``failed``, and the others go on."""

    engine: Any
    reached: Callable[[int], int]
    """Returns how far a part came: anything that grows while its worker gets on with it."""
    ended: Callable[[Task, Any], None]
    """Called with each task that is done and its result; it may add tasks."""
    waiting: list[Task] = field(default_factory=list)
    """What is begun next, the last one first."""
    failed: dict[int, str] = field(default_factory=dict)
    """Why parts could not be done, by part."""

    def run(self) -> None:
        """Do all tasks. Raise whatever is no refusal of the library and no failure of the system."""
        running: dict[Future[Any], Task] = {}
        while self.waiting or running:
            while self.waiting and len(running) < self.engine.width:
                task = self.waiting.pop()
                name = f"{task.step}-parte-{task.part}"
                running[self.engine.submit(name, task.call, *task.arguments)] = task
            try:
                self.engine.collect()
            except Lost:
                for task in (*running.values(), *self.waiting):
                    self.failed[task.part] = str(StoreError.of("bulk.workers_end"))
                self.waiting.clear()
                return
            for future in wait(running, timeout=_LOOK, return_when=FIRST_COMPLETED).done:
                task = running.pop(future)
                error = future.exception()
                if error is None:
                    self.ended(task, future.result())
                elif isinstance(error, Lost):
                    self._again(task)
                elif isinstance(error, (DianFeError, OSError)):
                    self.failed[task.part] = str(error)
                else:
                    raise error

    def _again(self, task: Task) -> None:
        reached = self.reached(task.part)
        task.tries = 1 if reached != task.reached else task.tries + 1
        task.reached = reached
        if task.tries < TRIES:
            self.waiting.append(task)
        else:
            self.failed[task.part] = str(StoreError.of("bulk.workers_end"))
