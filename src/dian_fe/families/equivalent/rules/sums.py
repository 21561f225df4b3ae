"""Totals and taxes: no source gives a code for them, so a sum that does not add up is advice."""

from __future__ import annotations

from ....rules import advice
from . import KINDS

advice.sums(*KINDS)
advice.rates(*KINDS)
