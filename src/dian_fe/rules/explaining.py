"""The facts of a code as one value: a code of DIAN's, a finding of the library, or the cause of a bad signature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .._arguments import checked
from .._viewed import Viewed
from ..errors import UnknownCode
from ..families.registry import kind as kind_named
from ..faults import Certainty, Severity
from .book import kinds_of
from .certainty import certainty_of, reason_of
from .facts import (
    CodeFacts,
    Reason,
    Status,
    Words,
    aliases,
    code_facts,
    codes,
    elsewhere,
    library_words,
    norms,
    pending,
    sources,
    words,
)
from .registry import registered

UNKNOWN = "código desconocido"
_CONFIDENCE = {"high": "alta", "medium": "media", "low": "baja"}


@checked
@dataclass(frozen=True, slots=True)
class CodeInfo(Viewed):
    """Everything known of a code, for ``explain`` and the reference page."""

    code: str
    """DIAN's code."""
    kinds: tuple[str, ...]
    """Kinds of documents that it applies to."""
    severity: Severity | None
    """None when no source has it."""
    message: str
    """What is wrong, in Spanish, in the library's words."""
    hint: str
    """What to do, in Spanish."""
    xpath: str
    """Place in the XML."""
    status: Status
    """Who judges it here."""
    reason: str = ""
    """For pending codes and those judged elsewhere: why, in Spanish."""
    reason_code: Reason | None = None
    """The class of ``reason``."""
    successors: tuple[str, ...] = ()
    """For aliases: the codes that are emitted instead."""
    path: str = ""
    """Model path that the rule is about."""
    needs: tuple[str, ...] = ()
    """What is needed in addition to the document to judge it."""
    since: str | None = None
    """First version of the annex that has it."""
    until: str | None = None
    """Last version of the annex that has it."""
    norm: str = ""
    """Its place in the norm."""
    certainty: Certainty | None = None
    """How certain ``severity`` is; None for a cause of an invalid signature."""
    certainty_reason: str = ""
    """Why, in Spanish: kind, environment and month of the evidence."""
    confidence: str = ""
    """Confidence of the sources in its meaning."""
    source: str = ""
    """The sources of its facts."""
    doubt: str = ""
    """Disagreement between sources, in Spanish."""

    @property
    def implemented(self) -> bool:
        """True if a document with this fault is caught: here, by its verification, or by the order of events."""
        return self.status in {Status.RULE, Status.VERIFY, Status.EVENT, Status.ALIAS}

    @property
    def heading(self) -> str:
        """The code with its severity, in Spanish."""
        known = self.severity.value if self.severity else "sin severidad conocida"
        return f"{self.code} ({'de la librería' if self.status is Status.LIBRARY else known})"

    def told(self) -> tuple[tuple[str, str], ...]:
        """Return what is shown in addition to its message, as Spanish labels and texts, some of them empty."""
        confidence = _CONFIDENCE.get(self.confidence, self.confidence)
        return (
            ("Qué hacer", self.hint),
            ("Documentos", ", ".join(self.kinds)),
            ("Lugar en el XML", self.xpath),
            ("Lugar en el modelo", self.path),
            ("Hoy son", ", ".join(self.successors)),
            ("Quién lo revisa", "" if self.status is Status.LIBRARY else self.status.label),
            ("Razón", self.reason),
            ("Certeza", f"{self.certainty.label}: {self.certainty_reason}" if self.certainty else ""),
            ("Norma", self.norm),
            ("Fuente", f"{self.source} (confianza {confidence})" if self.source else ""),
            ("Duda", self.doubt),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form of the command line."""
        return asdict(self) | {"implemented": self.implemented}


@checked
def explain(code: str) -> CodeInfo:
    """Return what a code means and what to do: one of DIAN's or of the library, or the cause of a bad signature.

    Raises ``UnknownCode`` for a code that no source has, naming the nearest ones.
    """
    bare = code.strip()
    known = next((form for form in (bare, bare.upper(), _suffixed(bare)) if form in codes()), "")
    if known:
        return _info(known)
    if bare.lower() in library_words():
        return _own(bare.lower())
    close = [*_nearest(_suffixed(bare), codes()), *_nearest(bare.lower(), library_words())][:3]
    raise UnknownCode.of(
        "rules.unknown_code",
        field="code",
        found=bare,
        remedy=f"¿Quiso decir {' o '.join(close)}?" if close else "vea la lista: python -m dian_fe rules.",
    )


def _nearest(text: str, candidates: Iterable[str]) -> list[str]:
    from difflib import get_close_matches  # only refusals need it

    return get_close_matches(text, list(candidates), cutoff=0.6)


def _own(code: str) -> CodeInfo:
    said = library_words()[code]
    return CodeInfo(code, (), None, said.message, said.hint, "", Status.LIBRARY, certainty_reason=reason_of(code))


def _suffixed(code: str) -> str:
    """Return a code as the tables write it: capitals, with the suffix in lower case."""
    upper = code.upper()
    return upper[:-1] + upper[-1].lower() if len(upper) > 5 and upper[-1].isalpha() else upper


def _info(code: str) -> CodeInfo:
    facts = code_facts().get(code) or CodeFacts(code, kinds_of(code), None, "", "", "")
    status, reason, reason_code = _status(code)
    successors = aliases().get(code, ())
    told = words().get(code)
    if told is None and successors:
        told = Words(" ".join(words()[c].message for c in successors if c in words()), words()[successors[0]].hint)
    norm, doubt = norms().get(code, ("", ""))
    rule = registered().get(code)
    of_rule: dict[str, Any] = {}
    if rule is not None:
        needs = tuple(sorted(rule.needs))
        of_rule = {"path": rule.path, "needs": needs, "since": rule.since, "until": rule.until}
        norm = norm or (rule.book.norm.format(code=code) if rule.book else "")
    return CodeInfo(
        code=code,
        kinds=facts.kinds,
        severity=facts.severity,
        message=told.message if told else "",
        hint=told.hint if told else "",
        xpath=_with_root(facts),
        status=status,
        reason=reason,
        reason_code=reason_code,
        successors=successors,
        norm=norm,
        certainty=certainty_of(code),
        certainty_reason=reason_of(code),
        confidence=facts.confidence,
        source=sources()[facts.source],
        doubt=doubt,
        **of_rule,
    )


def _status(code: str) -> tuple[Status, str, Reason | None]:
    """Return who judges a code, or why it is not judged here."""
    if code in registered():
        return Status.RULE, "", None
    if code in aliases():
        return Status.ALIAS, "", None
    if code in elsewhere():
        return *elsewhere()[code], None
    if code in pending():
        reason_code, reason = pending()[code]
        return Status.PENDING, reason, reason_code
    return Status.UNKNOWN, "", None


def _with_root(facts: CodeFacts) -> str:
    """Return the place with the root of the kind, when there is just one."""
    if facts.path.startswith("/") or not facts.path:
        return facts.path
    root = kind_named(facts.kinds[0]).root if len(facts.kinds) == 1 else "*"
    return f"/{root}" if facts.path == "." else f"/{root}/{facts.path}"
