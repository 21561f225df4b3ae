"""The command line's verbs. Thin: each turns arguments into calls of the public API and results into text."""
