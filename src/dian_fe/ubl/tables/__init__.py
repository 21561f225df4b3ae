"""The rows that families share (see ARCHITECTURE.md)."""
