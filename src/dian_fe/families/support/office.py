"""Checks of support documents that only DIAN can make: registered software, numberings and accepted documents."""

from __future__ import annotations

from ...testing.office import Office, OfficeCodes

# A numbering that is not enabled is notified and the document accepted (an answer of habilitación, September 2026).
# No code is known for unknown software, another environment, or a note to a document that was not accepted.
OFFICE = Office(
    {"support_document": OfficeCodes(numbering="DSAB10b")},
    "[DN]S(AB(10b|27)|AD06)",  # key, numbering and security code
)
