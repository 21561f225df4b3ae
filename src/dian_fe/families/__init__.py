"""The families of documents: one package each, and one line here."""

FAMILIES = ("sales", "events", "container", "support", "equivalent", "payroll")
"""Packages below this one; each declares its ``FAMILY``."""
