"""Sizes of numbers that models take and reading understands."""

MOST_DIGITS, MOST_DECIMALS = 18, 100
"""Of a number: digits before the decimal point, and what its decimals stay below."""
