"""The families of documents: a folder each, and one line here."""

FAMILIES = ("sales", "events", "container", "support")
"""Packages below this one; each declares its ``FAMILY``."""
