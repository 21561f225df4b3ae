"""Models to XML and back: grammar, writer, reader, paths and XSD verdicts (see ARCHITECTURE.md)."""
