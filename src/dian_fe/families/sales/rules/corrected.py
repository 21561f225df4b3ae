"""Contradictions between a note and the document that it corrects."""

from ....rules import advice

advice.corrections("credit_note", "debit_note")
