"""The goals, one by one: what is measured, its unit and its limit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count, cycle
from multiprocessing import get_context
from statistics import median

import fresh
import peers
import subjects
from clock import C, R, Rounds, Task, measure, wall
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from dian_fe import build, read, rules, sign
from dian_fe.ubl import xsd
from dian_fe.verifying import verify_signature


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure to reach: at most ``limit``, or at least when ``at_least``."""

    number: int
    name: str
    unit: str
    limit: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


TEN = Goal(1, "10-line invoice: input → model → totals → CUFE → XML → XAdES", "R", 1.6)
ONE = Goal(2, "1-line invoice, same", "R", 1.25)
SIGN = Goal(3, "signing a document of ours, 10 lines", "R", 1.15)
WITH_XSD = Goal(4, "with XSD validation of the signed bytes", "R", 2.8)
LARGE = Goal(5, "10,000 lines, build + sign", "R", 700)
LINEAR = Goal(5, "10,000 lines against ten times 1,000", "x", 1.2)
PEAK = Goal(5, "10,000 lines, peak memory", "MB", 150)
SIGNXML = Goal(6, "sign against signxml, 10 lines", "x", 5, at_least=True)
XMLSEC = Goal(6, "sign against python-xmlsec, 10 lines", "x", 8, at_least=True)
FIRST_XSD = Goal(7, "first XSD validation in a process", "ms", 15)
XSD = Goal(7, "XSD validation per parsed document", "R", 0.35)
READ = Goal(8, "XML → models, against lxml parse", "x", 4)
IMPORT = Goal(9, "import dian_fe over bare Python", "ms", 15)
COLD = Goal(9, "cold start to first signed invoice (.p12), against bare pydantic, lxml, cryptography", "x", 1.6)
POST = Goal(10, "model → HTTP body ready to post (two signatures)", "R", 3.3)
PROCESSES = Goal(11, "two processes", "x", 1.8, at_least=True)
RULES = Goal(12, "all local rules on a 10-line invoice model", "C", 0.5)
PDF = Goal(13, "10-line invoice to PDF, warm", "ms", 40)
LARGE_PDF = Goal(13, "400-line invoice to PDF, warm", "ms", 300)
PAYROLL = Goal(14, "payroll of a worker, checked and signed, against a 1-line invoice", "x", 1.3)
TICKET = Goal(15, "POS ticket, 3 lines: input → model → totals → CUDE → XML → XAdES", "R", 1.6)
TICKET_PDF = Goal(15, "the same to PDF on the 80 mm roll, warm", "ms", 45)
OWN = Goal(16, "own work for a 10-line invoice: all of goal 1 but R", "C", 0.75)

GOALS = (
    *(TEN, ONE, SIGN, WITH_XSD, LARGE, LINEAR, PEAK, SIGNXML, XMLSEC, FIRST_XSD, XSD, READ, IMPORT, COLD, POST),
    *(PROCESSES, RULES, PDF, LARGE_PDF, PAYROLL, TICKET, TICKET_PDF, OWN),
)


@dataclass(slots=True)
class Effort:
    """How long to measure."""

    rounds: int = 25
    slice_seconds: float = 0.02
    large: int = 10_000
    large_rounds: int = 9
    processes: int = 15

    @classmethod
    def quick(cls) -> Effort:
        """Just long enough to see that everything runs."""
        return cls(rounds=3, slice_seconds=0.002, large=1_000, large_rounds=1, processes=1)


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with what it was made of, in milliseconds: a time, and the one that it is compared with."""

    value: float
    of_ms: float | None = None
    against_ms: float | None = None

    @classmethod
    def of_pairs(cls, pairs: list[tuple[float, float]]) -> Figure:
        """Return the median ratio of times that were taken in pairs."""
        return cls(median(a / b for a, b in pairs), median(a for a, _ in pairs), median(b for _, b in pairs))

    def as_dict(self) -> dict[str, float]:
        """Return the numbers that there are."""
        parts = {"of_ms": self.of_ms, "against_ms": self.against_ms}
        return {"value": round(self.value, 3)} | {name: round(ms, 4) for name, ms in parts.items() if ms is not None}


@dataclass(slots=True)
class Outcome:
    """What was measured: R and C in milliseconds, figures by goal, and why a goal has none."""

    r_ms: float = 0.0
    c_ms: float = 0.0
    values: dict[Goal, Figure] = field(default_factory=dict)
    skipped: dict[Goal, str] = field(default_factory=dict)

    def as_json(self) -> str:
        figures: dict[str, object] = {"R_ms": round(self.r_ms, 4), "C_ms": round(self.c_ms, 4)}
        for goal in GOALS:
            if goal in self.values:
                figures[goal.name] = {**self.values[goal].as_dict(), "unit": goal.unit, "goal": goal.limit}
        return json.dumps(figures, ensure_ascii=False, indent=2)


def run(numbers: Iterable[int], effort: Effort) -> Outcome:
    """Measure the goals of these numbers."""
    wanted = [goal for goal in GOALS if goal.number in set(numbers)]
    outcome = Outcome()
    _in_turn(wanted, effort, outcome)
    if {LARGE, LINEAR, PEAK}.intersection(wanted):
        _large(effort, outcome)
    if LARGE_PDF in wanted:
        _large_pdf(effort, outcome)
    if PROCESSES in wanted:
        outcome.values[PROCESSES] = _processes(effort)
    for goal, figure in _fresh(effort):
        if goal in wanted:
            outcome.values[goal] = figure()
    return outcome


# --- in turn with R and C --------------------------------------------------------------------------------------------


def _in_turn(wanted: list[Goal], effort: Effort, outcome: Outcome) -> None:
    tasks: dict[str, Task] = {R: _bare_signature(), C: _parse_and_c14n()}
    for goal, make in _TASKS.items():
        if goal in wanted:
            task = make()
            if isinstance(task, str):
                outcome.skipped[goal] = task
                continue
            tasks[goal.name] = task
            against = _AGAINST.get(goal, R)
            if against not in tasks:
                tasks[against] = _OTHERS[against]()
    times = measure(tasks, rounds=effort.rounds, slice_seconds=effort.slice_seconds)
    outcome.r_ms, outcome.c_ms = times.ms(R), times.ms(C)
    for goal in wanted:
        if goal.name in tasks:
            outcome.values[goal] = _figure(goal, times)


def _figure(goal: Goal, times: Rounds) -> Figure:
    if goal.unit == "ms":
        return Figure(times.ms(goal.name))
    if goal is OWN:
        return Figure(times.ratio(OWN.name, C, less=R), times.ms_without(OWN.name, R), times.ms(C))
    against = _AGAINST.get(goal, R)
    return Figure(times.ratio(goal.name, against), times.ms(goal.name), times.ms(against))


def _bare_signature() -> Task:
    from dian_fe.testing import ToyPki

    key, data, padding, digest = ToyPki(seed=7).identity(subjects.NIT).key, bytes(400), PKCS1v15(), SHA256()
    return lambda: key.sign(data, padding, digest)


def _parse_and_c14n() -> Task:
    signed = subjects.issue(subjects.items(10)).xml
    return lambda: etree.tostring(etree.fromstring(signed), method="c14n")


def _parse() -> Task:
    signed = subjects.issue(subjects.items(10)).xml
    return lambda: etree.fromstring(signed)


def _issue_checked() -> Task:
    row = subjects.items(1)
    return lambda: subjects.issue_checked(row)


def _issue(lines: int) -> Task:
    rows = subjects.items(lines)
    return lambda: subjects.issue(rows)


def _sign() -> Task:
    built, signer = build(subjects.invoice(subjects.items(10)), subjects.issuer()), subjects.signer()
    return lambda: sign(built, signer, at=subjects.NOW)


def _issue_and_validate() -> Task:
    rows = subjects.items(10)

    def task() -> None:
        if xsd.validate(subjects.issue(rows).xml):
            raise AssertionError("the document is not valid")

    return task


def _validate() -> Task:
    root = etree.fromstring(subjects.issue(subjects.items(10)).xml)
    return lambda: xsd.validate(root)


def _read() -> Task:
    signed = subjects.issue(subjects.items(10)).xml
    return lambda: read(signed)


def _rules() -> Task:
    invoice, issuer = subjects.invoice(subjects.items(10)), subjects.issuer()
    subject = rules.Subject(kind="invoice", document=invoice, issuer=issuer, clock=subjects.NOW)

    def task() -> None:
        if rules.check(subject).rejects:
            raise AssertionError("the document is not accepted")

    return task


def _post() -> Task | str:
    try:
        from dian_fe.catalogs import Environment
        from dian_fe.transport.service import Service
        from dian_fe.transport.shipment import Shipment
        from dian_fe.transport.soap import request
        from dian_fe.transport.wsse import Sealer
    except ImportError as error:
        return f"the transport is not there: {error}"
    invoice, issuer, signer = subjects.invoice(subjects.items(10)), subjects.issuer(), subjects.signer()
    sealer, url = Sealer(signer), Service.of(Environment.HABILITACION).url

    def task() -> bytes:
        shipment = Shipment.of(sign(build(invoice, issuer), signer, at=subjects.NOW))
        message = request(
            shipment.sending, shipment.arguments(), url=url, sealer=sealer, at=subjects.NOW, nonce="ejemplo"
        )
        return message.body

    return task


def _pdf(lines: int) -> Task | str:
    from dian_fe.graphic import render_pdf
    from dian_fe.graphic.pdf import pdf_is_installed

    if not pdf_is_installed():
        return "the libraries of the extra «pdf» are not installed"
    issuer, items = subjects.issuer(), subjects.items(lines)
    different = cycle(
        build(subjects.invoice([replace(each, description=f"{each.description} {copy}") for each in items]), issuer)
        for copy in range(12)  # typst remembers what it set in its last ten documents
    )
    render_pdf(next(different))  # typefaces are read once
    return lambda: render_pdf(next(different))


def _payroll() -> Task:
    workers = count(1)
    return lambda: subjects.pay(next(workers))


def _ticket() -> Task:
    rows = subjects.items(3)
    return lambda: subjects.sell(rows)


def _ticket_pdf() -> Task | str:
    from dian_fe.graphic import Paper, Theme, render_pdf
    from dian_fe.graphic.pdf import pdf_is_installed

    if not pdf_is_installed():
        return "the libraries of the extra «pdf» are not installed"
    sold, roll = subjects.sell(subjects.items(3)), Theme(paper=Paper.ROLL_80)
    return lambda: render_pdf(sold, theme=roll)


def _peer(name: str) -> Task | str:
    built = build(subjects.invoice(subjects.items(10)), subjects.issuer())
    try:
        task = peers.PEERS[name](built)
    except ImportError as error:
        return f"{name} is not installed (extra «bench»): {error}"
    if not verify_signature(task()).signature.valid:  # dates and the profile of DIAN are another matter
        raise AssertionError(f"the signature of {name} is not one")
    return task


_TASKS: dict[Goal, Callable[[], Task | str]] = {
    TEN: lambda: _issue(10),
    ONE: lambda: _issue(1),
    SIGN: _sign,
    WITH_XSD: _issue_and_validate,
    SIGNXML: lambda: _peer("signxml"),
    XMLSEC: lambda: _peer("xmlsec"),
    XSD: _validate,
    READ: _read,
    POST: _post,
    RULES: _rules,
    PDF: lambda: _pdf(10),
    PAYROLL: _payroll,
    TICKET: _ticket,
    TICKET_PDF: _ticket_pdf,
    OWN: lambda: _issue(10),
}
_AGAINST = {SIGNXML: "sign", XMLSEC: "sign", READ: "parse", PAYROLL: "checked", RULES: C}
"""What a goal is compared with, in the same round, where it is not R."""
_OTHERS: dict[str, Callable[[], Task]] = {"sign": _sign, "parse": _parse, "checked": _issue_checked}


# --- on their own ----------------------------------------------------------------------------------------------------


def _large(effort: Effort, outcome: Outcome) -> None:
    small = max(1, effort.large // 10)
    tasks = {R: _bare_signature(), "small": _issue(small), "large": _issue(effort.large)}
    times = measure(tasks, rounds=effort.large_rounds, slice_seconds=0.05)
    outcome.r_ms = outcome.r_ms or times.ms(R)
    scale = LARGE_LINES / effort.large
    whole = times.ms("large") * scale
    outcome.values[LARGE] = Figure(times.ratio("large") * scale, whole, times.ms(R))
    tenfold = times.ms("small") * LARGE_LINES / small
    outcome.values[LINEAR] = Figure(times.ratio("large", "small") * small / effort.large, whole, tenfold)
    outcome.values[PEAK] = Figure(fresh.peak_mb(LARGE_LINES))


LARGE_LINES = 10_000


def _large_pdf(effort: Effort, outcome: Outcome) -> None:
    task = _pdf(LARGE_PDF_LINES)
    if isinstance(task, str):
        outcome.skipped[LARGE_PDF] = task
        return
    times = measure({R: _bare_signature(), LARGE_PDF.name: task}, rounds=effort.large_rounds, slice_seconds=0.05)
    outcome.r_ms = outcome.r_ms or times.ms(R)
    outcome.values[LARGE_PDF] = Figure(times.ms(LARGE_PDF.name))


LARGE_PDF_LINES = 400


def _processes(effort: Effort) -> Figure:
    """Return how many times more documents two processes issue than one in the same time, by the clock on the wall."""
    calls = max(4, round(effort.slice_seconds * 10 / 0.001))
    with get_context("spawn").Pool(2, initializer=_issue_ten) as pool:
        pairs = []
        for _ in range(effort.rounds):
            alone = wall(lambda: pool.map(_issue_ten, [calls], chunksize=1), 1)
            both = wall(lambda: pool.map(_issue_ten, [calls, calls], chunksize=1), 1)
            pairs.append((2 * alone / calls, both / calls))
    return Figure.of_pairs(pairs)


def _issue_ten(times: int = 1) -> None:
    task = _issue(10)
    for _ in range(times):
        task()


def _fresh(effort: Effort) -> Iterator[tuple[Goal, Callable[[], Figure]]]:
    runs = effort.processes
    yield FIRST_XSD, lambda: Figure(fresh.first_validation_ms(subjects.issue(subjects.items(10)).xml, runs))
    yield IMPORT, lambda: Figure(fresh.import_ms(runs))
    issuer = json.dumps(subjects.ISSUER_JSON)
    yield COLD, lambda: Figure.of_pairs(fresh.cold_starts(issuer, subjects.p12(), subjects.PASSWORD, runs))
