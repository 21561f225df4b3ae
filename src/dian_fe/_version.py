"""The version of dian-fe, read by the build and by the changelog test."""

__version__ = "0.9.0"
