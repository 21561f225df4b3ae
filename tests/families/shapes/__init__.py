"""Families of other shapes than those of the library, declared in the tests alone."""
