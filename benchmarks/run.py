"""Measures the goals of the library on this machine: ``python benchmarks/run.py [--json] [--quick] [--only 1,2,9]``.

R is one bare RSA-2048 signature (PKCS#1 v1.5, SHA-256) with ``cryptography`` on the same core in the same run: every
invoice needs one, so that it is the physical limit. C is an lxml parse and one inclusive C14N of a signed 10-line
invoice, what every other signer pays at least: our own work and R differ between processors, our own work and C hardly
do. Both stand in every round beside what is compared with them. The peers are signxml and python-xmlsec (extra
``bench``); goals without their peer are skipped.

With ``--json`` the result is ``{"R_ms": …, "C_ms": …, "<goal>": {"value": …, "unit": "R"|"C"|"x"|"ms"|"MB",
"goal": …}}`` on stdout; ratios have the times that they were made of, ``of_ms`` and ``against_ms``. Goals that could
not be measured are left out, and named with their reason on stderr.
"""

from __future__ import annotations

import argparse
import sys

from goals import GOALS, Effort, Goal, Outcome, run


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    outcome = run(options.only, Effort.quick() if options.quick else Effort())
    for goal, reason in outcome.skipped.items():
        print(f"goal {goal.number} ({goal.name}) skipped: {reason}", file=sys.stderr)
    print(outcome.as_json() if options.json else _table(outcome))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure dian-fe against its goals.")
    parser.add_argument("--json", action="store_true", help="figures as JSON on stdout")
    parser.add_argument("--quick", action="store_true", help="few rounds: to see that it runs, not how fast")
    parser.add_argument("--only", type=_numbers, default=_ALL, metavar="N,N…", help="numbers of the goals to measure")
    return parser


_ALL = tuple(sorted({goal.number for goal in GOALS}))


def _numbers(text: str) -> tuple[int, ...]:
    numbers = tuple(int(part) for part in text.split(","))
    unknown = set(numbers).difference(_ALL)
    if unknown:
        raise argparse.ArgumentTypeError(f"no goal {', '.join(map(str, sorted(unknown)))}; there are {_ALL}")
    return numbers


def _table(outcome: Outcome) -> str:
    width = max(len(goal.name) for goal in GOALS)
    lines = [
        f"R = {outcome.r_ms:.3f} ms: one bare RSA-2048 signature on this core",
        f"C = {outcome.c_ms:.3f} ms: lxml parse and inclusive C14N of a signed 10-line invoice",
        "",
    ]
    lines += [_row(goal, outcome, width) for goal in GOALS if goal in outcome.values or goal in outcome.skipped]
    return "\n".join(lines)


def _row(goal: Goal, outcome: Outcome, width: int) -> str:
    start = f"{goal.number:>2}  {goal.name:<{width}}"
    if goal in outcome.skipped:
        return f"{start}  skipped: {outcome.skipped[goal]}"
    figure, sign = outcome.values[goal], "≥" if goal.at_least else "≤"
    verdict = "yes" if goal.met(figure.value) else "NO"
    return f"{start}  {figure.value:>8.2f} {goal.unit:<2}  {sign} {goal.limit:<5g} {verdict}"


if __name__ == "__main__":
    sys.exit(main())
