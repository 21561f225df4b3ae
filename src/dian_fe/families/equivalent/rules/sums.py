"""Totals and taxes: no source gives a code for them, so what does not add up is told as advice."""

from __future__ import annotations

from ....rules import advice
from . import KINDS

advice.sums(*KINDS)
advice.rates(*KINDS)
