"""Percents of taxes and withholdings that look like another scale."""

from ....rules import advice
from . import KINDS

advice.rates(*KINDS)
