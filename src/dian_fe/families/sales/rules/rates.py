"""Percents of taxes and withholdings that look written in another scale."""

from ....rules import advice
from . import KINDS

advice.rates(*KINDS)
