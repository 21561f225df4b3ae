"""Fuzzing of what takes strangers' bytes: seeds, mutations, and a loop that keeps whatever reaches new code."""
