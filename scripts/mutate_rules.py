"""Silence the rules one after the other and see whether the cases notice: a rule that nobody misses is not tested.

``python scripts/mutate_rules.py`` prints the survivors and exits with 1 when there are any. A rule is silenced in the
engine's own registry, so that what runs is what a user runs; the cases are those of every family (``HOMES`` of the
harness).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.rules.harness import Case, cases, judge

from dian_fe.rules import engine, registry


def silent(_: object) -> Iterator[registry.Finding]:
    """Pass whatever comes."""
    return iter(())


def holds(case: Case) -> bool:
    """True if a case is as it says."""
    found = [fault.as_dict() for fault in judge(case).faults if fault.code == case.code]
    return len(found) == len(case.expect) and all(
        {name: fault[name] or "" for name in expected} == expected
        for fault, expected in zip(found, case.expect, strict=True)
    )


def main() -> int:
    """Run every mutation."""
    by_code: dict[str, list[Case]] = {}
    for case in cases():
        by_code.setdefault(case.code, []).append(case)
    live = registry.registered()
    assert isinstance(live, dict)
    rules = dict(live)
    broken = [str(case) for found in by_code.values() for case in found if not holds(case)]
    if broken:
        print("cases that do not hold before any mutation:", *broken, sep="\n  ")
        return 1
    survivors = []
    for code, rule in rules.items():
        live[code] = replace(rule, function=silent)
        engine._plan.cache_clear()
        if all(holds(case) for case in by_code.get(code, ())):
            survivors.append(code)
        live[code] = rule
    engine._plan.cache_clear()
    print(f"{len(rules)} rules silenced one by one, {len(survivors)} survivors", *survivors)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
