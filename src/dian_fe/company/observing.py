"""What a company shows of its work: hooks, and records of the logger ``dian_fe.company``."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from inspect import iscoroutine, iscoroutinefunction
from typing import TYPE_CHECKING, Any, Final

from ..errors import InvalidInput

if TYPE_CHECKING:
    from ..delivery.sending import DeliveryRecord
    from ..transport.shipment import Attempt, Shipment
    from .issued import Issued

    OnAttempt = Callable[[Shipment], object]
    OnOutcome = Callable[[Issued[Any]], object]

LOGGER: Final = "dian_fe.company"
"""Name of the logger."""
FIELDS: Final = "dian_fe"
"""Attribute of a record with its data: texts and numbers by name, the same names in every record, never a secret."""
_STARTED: Final = "started"

_log = logging.getLogger(LOGGER)


class Observer:
    """Calls the hooks of one company and writes its records.

    What a hook raises is logged and goes no further: a document that was sent must not seem to have failed.
    """

    def __init__(self, company: str, on_attempt: OnAttempt | None, on_outcome: OnOutcome | None) -> None:
        """Store the hooks. Raise ``InvalidInput`` for what is no function, or one that nobody would await."""
        for name, hook in (("on_attempt", on_attempt), ("on_outcome", on_outcome)):
            if hook is not None and not callable(hook):
                raise InvalidInput.of("company.hook", field=name, found=type(hook).__name__)
            if iscoroutinefunction(hook) or iscoroutinefunction(getattr(hook, "__call__", None)):  # noqa: B004
                raise InvalidInput.of("company.awaited_hook", field=name, found="async def")
        self._company = company
        self._on_attempt, self._on_outcome = on_attempt, on_outcome

    def watched(self, shipments: Iterable[Shipment]) -> Callable[[Shipment], None]:
        """Return a function that shows each exchange of shipments once, given each step that has been stored."""
        seen = {each.key: len(each.attempts) for each in shipments}

        def show(step: Shipment) -> None:
            for count in range(seen.get(step.key, 0) + 1, len(step.attempts) + 1):
                attempt = step.attempts[count - 1]
                if attempt.outcome == _STARTED:
                    break
                seen[step.key] = count
                # Some answers lead to a question at once: both exchanges are stored, and shown, together.
                shown = step if count == len(step.attempts) else replace(step, attempts=step.attempts[:count])
                self._attempt(shown, attempt)

        return show

    def _attempt(self, shipment: Shipment, attempt: Attempt) -> None:
        data = {
            "operation": attempt.operation,
            "outcome": attempt.outcome,
            "elapsed": attempt.elapsed,
            "http_status": attempt.status,
            "state": shipment.state.value,
            "detail": attempt.detail or None,
        }
        self._write(logging.INFO if shipment.error is None else logging.WARNING, "attempt", shipment, data)
        self._call(self._on_attempt, shipment, shipment)

    def outcome(self, issued: Issued[Any]) -> None:
        """Show how the issuing or resuming of a document ended."""
        answer, error = issued.answer, issued.error or issued.answer.error
        data = {
            "outcome": answer.outcome.value,
            "status_code": answer.status_code or None,
            "faults": [fault.code for fault in answer.faults],
            "attempts": len(answer.attempts),
            "error": None if error is None else error.code,
        }
        fine = issued.accepted and error is None
        self._write(logging.INFO if fine else logging.WARNING, "outcome", issued.shipment, data)
        self._call(self._on_outcome, issued, issued.shipment)

    def delivered(self, record: DeliveryRecord, shipment: Shipment) -> None:
        """Show that a document was mailed; addresses are not written."""
        self._write(logging.INFO, "delivered", shipment, {"recipients": len(record.recipients)})

    def _call(self, hook: Callable[[Any], object] | None, value: object, shipment: Shipment) -> None:
        if hook is None:
            return
        try:
            if iscoroutine(made := hook(value)):
                made.close()
                raise TypeError("a coroutine, which nobody awaits")
        except Exception:
            self._write(logging.ERROR, "hook_failed", shipment, {}, exc_info=True)

    def _write(
        self, level: int, event: str, shipment: Shipment, data: dict[str, Any], *, exc_info: bool = False
    ) -> None:
        if not _log.isEnabledFor(level):
            return
        shown = {
            "event": event,
            "company": self._company,
            "kind": shipment.kind,
            "number": shipment.number,
            "key": shipment.key,
            **{name: value for name, value in data.items() if value is not None},
        }
        result = " ".join(str(shown[name]) for name in ("outcome", "error") if name in shown)
        with suppress(Exception):  # a filter or handler that fails must not make a document seem unsent
            _log.log(level, "%s %s %s", event, shipment.number, result, extra={FIELDS: shown}, exc_info=exc_info)


class JsonLines(logging.Formatter):
    """Writes each record as a line of JSON: time (ISO 8601, UTC), level, logger, message, and its data.

    Give it to any handler of ``logging``. Records of other loggers are written too, without data.
    """

    def __init__(self) -> None:
        """Make the formatter; it has no options."""
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        data = getattr(record, FIELDS, None)
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **(data if isinstance(data, dict) else {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        return json.dumps(line, ensure_ascii=False, default=str)
