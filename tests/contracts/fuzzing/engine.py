"""The loop: a parent is chosen, mutated and tried; what reaches new lines becomes a parent too."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import random
import re
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias
from zlib import crc32

from lxml import etree

import dian_fe
from dian_fe import TrustStore, examine, read, rows, verify
from dian_fe.errors import DianFeError, SignatureInvalid
from dian_fe.verifying import verify_signature
from tests.contracts.fuzzing.mutations import mutated
from tests.contracts.fuzzing.resigning import resigned
from tests.contracts.fuzzing.seeds import seeds
from tests.contracts.fuzzing.watch import Lines, SystemCalls, Touched, nothing_outside, peak_memory
from tests.delivery.support import office
from tests.signing.support import DS, PKI

MOST_MEMORY = 384 * 1024 * 1024
"""Bytes by which the peak of the whole run may pass that of its seeds, the corpus included."""
_CORPUS_BYTES = 64 * 1024 * 1024
_LONGEST_PARENT = 200_000
_SOUND = 0.8
"""Share of the parents that could be read."""
_MEMORY_EVERY = 10
"""Inputs between looks at the memory, which take longer than many an input."""


@dataclass(frozen=True)
class Failure:
    """An input that did what none may do."""

    number: int
    target: str
    what: str
    place: str
    data: bytes = field(repr=False)


@dataclass
class Run:
    """What a run found."""

    inputs: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    lines: int = 0
    features: int = 0
    """Number of different features."""
    corpus: int = 0
    memory: int = 0
    """Bytes by which the peak grew."""
    system_calls: int = 0
    slowest: tuple[float, int] = (0.0, 0)
    """Seconds, and number of the input."""


_PARSER = etree.XMLParser(resolve_entities=False, huge_tree=True, collect_ids=False)


def reading(data: bytes) -> Iterator[str]:
    """Yield the features of reading: what it reports while all that it returns is used."""
    received = read(data)
    assert received.as_dict()
    assert received.raw == data
    for record in (*rows(received), *rows(received, "lines")):
        assert record
    for part in received.walk():
        assert part.raw
        yield from (f"{part.kind.name}: {problem.message}" for problem in part.problems)
    yield from (f"{file.media_type}: {file.reason and file.reason.message}" for file in received.files)


def verifying(data: bytes) -> Iterator[str]:
    """Yield the features of verifying one document's signature, readable or not: only what somebody signed may hold."""
    verification = verify_signature(data)
    assert verification.as_dict()
    if verification.signature.valid:
        assert content(data) in vouched(), "a forgery: what is valid was never signed"
    yield from (f"{fault.code}: {fault.found or ''}"[:60] for fault in verification.faults)
    yield f"{verification.signature.cause} {verification.signature.failing} {verification.valid}"


def examining(data: bytes) -> Iterator[str]:
    """Yield the features of examining and verifying the whole: only what is valid and somebody signed may pass."""
    examination = examine(data, trust(), secret="12345")
    assert examination.as_dict()
    for part in examination.walk():
        yield from (f"{part.kind}: {fault.code}" for fault in part.faults)
        if part.verification.signature.valid:
            assert content(part.received.raw) in vouched(), "a forgery: what is valid was never signed"
    if not examination.valid and crc32(data) % 4:
        return  # it examines all again: one in four will do
    try:
        verified = verify(data, trust())
    except SignatureInvalid as error:
        yield f"{error.code} {error.examination is None}"
        return
    assert content(verified.received.raw) in vouched(), "a forgery: what is verified was never signed"
    assert verified.trusted
    yield f"{verified.kind.name} {verified.answer is not None}"


@cache
def trust() -> TrustStore:
    """Trust both of the authorities that sign the seeds."""
    pkis = (PKI, office().pki)
    return TrustStore(
        [pki.root.certificate for pki in pkis],
        [pki_above.certificate for pki in pkis for pki_above in (pki.intermediate, pki.issuing)],
    )


def content(data: bytes) -> str:
    """Return a hash of what a document says apart from its signature, by means of its own."""
    root = etree.fromstring(data.lstrip(b"\xef\xbb\xbf \t\r\n"), _PARSER)
    for signature in list(root.iter(f"{{{DS}}}Signature")):
        parent, before = signature.getparent(), signature.getprevious()
        if parent is None:
            continue
        if before is None:
            parent.text = (parent.text or "") + (signature.tail or "")
        else:
            before.tail = (before.tail or "") + (signature.tail or "")
        parent.remove(signature)
    return hashlib.sha256(_tree(root).encode("utf-8", "surrogatepass")).hexdigest()


def _tree(root: etree._Element) -> str:
    """Spell names, attributes and texts; comments, prefixes that nobody uses and CDATA make no difference."""
    out = []
    for event, item in etree.iterwalk(root, ("start", "end", "pi", "comment")):
        if event == "start":
            out.append(f"({item.tag} {sorted(item.attrib.items())}{item.text or ''}")
        elif event == "end":
            out.append(f"){(item.tail or '') if item is not root else ''}")
        else:
            out.append((f"?{item.target} {item.text}" if event == "pi" else "") + (item.tail or ""))
    return "".join(out)


@cache
def vouched() -> set[str]:
    """Return the contents that somebody signed."""
    found = set()
    for seed in seeds():
        raws = [seed]
        with suppress(DianFeError):
            raws += [part.raw for part in read(seed).walk()]
        for raw in raws:
            with suppress(etree.XMLSyntaxError):
                found.add(content(raw))
    return found


Target: TypeAlias = Callable[[bytes], Iterator[str]]
TARGETS: Mapping[str, Target] = {"read": reading, "verify": verifying, "examine": examining}
_VARIABLE = re.compile(r"[0-9]+|«[^»]*»|'[^']*'|http\S+")
"""What makes equal messages different."""
_WORDS = 30
"""Characters of an error's message that distinguish it: after them it names what was found, which varies."""


class Fuzzer:
    """One run of its own dice."""

    def __init__(
        self, seed: int, *, targets: Mapping[str, Target] = TARGETS, before: Callable[[bytes], None] = lambda data: None
    ) -> None:
        """``before``: what is done with each input first, such as to note it in case the process does not survive."""
        self.targets = targets
        self.dice = random.Random(seed)
        self.before = before
        self.lines = Lines()
        self.corpus = list(seeds())
        self.sound = list(self.corpus)
        """Those of the corpus that could be read."""
        self.size = sum(map(len, self.corpus))
        self.run = Run()
        self.fresh = 0
        """Features that the input at hand was the first to show."""
        self._features: set[str] = set()
        self._known: set[tuple[str, str, str]] = set()

    def go(self, count: int) -> Run:
        warm_up()
        run, calls = self.run, SystemCalls()
        with self.lines.watching():
            for seed in self.corpus[:]:
                self._try(seed, 0)
            run.ends.clear()
            base = peak_memory()
            calls.since()
            for number in range(1, count + 1):
                data = self._next()
                self.before(data)
                started = time.perf_counter()
                self.lines.fresh = self.fresh = 0
                read_before = run.ends["read: done"]
                self._try(data, number)
                run.slowest = max(run.slowest, (time.perf_counter() - started, number))
                made = calls.since()
                run.system_calls += made
                run.inputs += 1
                if made:
                    self._fail(number, "all", f"{made} reads or writes", "", data)
                if number % _MEMORY_EVERY == 0 or len(data) > _LONGEST_PARENT:
                    run.memory = max(run.memory, peak_memory() - base)
                    if run.memory > MOST_MEMORY:
                        self._fail(number, "all", "too much memory, here or shortly before", "", data)
                if (self.lines.fresh or self.fresh) and len(data) <= _LONGEST_PARENT and self.size < _CORPUS_BYTES:
                    self.corpus.append(data)
                    if run.ends["read: done"] > read_before:
                        self.sound.append(data)
                    self.size += len(data)
        run.lines, run.features, run.corpus = len(self.lines.reached), len(self._features), len(self.corpus)
        return run

    def _next(self) -> bytes:
        recent = self.dice.random() < 0.4
        # Most of what is damaged once is refused at once: further damage to it reaches nothing new.
        corpus = self.sound if self.dice.random() < _SOUND else self.corpus
        parents = corpus[-40:] if recent else corpus
        parent = min(self.dice.choice(parents), self.dice.choice(parents), key=len)
        if not parent.startswith(b"PK") and self.dice.random() < 0.07:
            made = resigned(parent, self.dice, self.corpus)
            if made is not None:
                with suppress(etree.XMLSyntaxError):
                    vouched().add(content(made))
                return made
        return mutated(parent, self.dice, self.corpus)

    def _try(self, data: bytes, number: int) -> None:
        for name, act in self.targets.items():
            if name == "verify" and number % 4:
                continue  # what can be read is examined anyway
            try:
                with nothing_outside():
                    features = list(act(data))
                self.run.ends[f"{name}: done"] += 1
            except DianFeError as error:
                self.run.ends[f"{name}: {error.code}"] += 1
                features = [f"{error.code} {error.message[:_WORDS]}"]
                if not str(error) or not error.as_dict():
                    self._fail(number, name, "an error that says nothing", type(error).__name__, data)
            except (Exception, Touched) as error:
                features = []
                place = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
                self._fail(number, name, f"{type(error).__name__}: {error}"[:300], " ".join(place[-3:]), data)
            new = {_VARIABLE.sub("", f"{name} {feature}") for feature in features} - self._features
            self._features |= new
            self.fresh += len(new)

    def _fail(self, number: int, target: str, what: str, place: str, data: bytes) -> None:
        cause = (target, what.partition(":")[0], place)
        if cause not in self._known:
            self._known.add(cause)
            self.run.failures.append(Failure(number, target, what, place, data))


@cache
def warm_up() -> None:
    """Load whatever is loaded at first use, so that afterwards nothing has to be."""
    import dateutil.parser  # noqa: F401

    for module in pkgutil.walk_packages(dian_fe.__path__, "dian_fe."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    vouched()
    for seed in seeds():
        for act in TARGETS.values():
            try:
                list(act(seed))
            except DianFeError:
                continue
