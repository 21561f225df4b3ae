"""Checks of equivalent documents that only DIAN can make: registered software, numberings and accepted documents."""

from __future__ import annotations

from ...testing.office import Office

# No code is known for unknown software, another environment, or a note to a document that was not accepted.
OFFICE = Office({}, "DEAB(05[ab]|10b|12b)")  # numbering
