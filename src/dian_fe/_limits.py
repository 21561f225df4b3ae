"""The largest numbers that models accept and readers parse."""

MOST_DIGITS, MOST_DECIMALS = 18, 100
"""Most digits of a number before its decimal point, and the limit of its decimals."""
