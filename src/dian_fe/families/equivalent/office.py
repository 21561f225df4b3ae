"""Checks of equivalent documents that only DIAN can make: registered software, numberings and accepted documents."""

from __future__ import annotations

from ...testing.office import Office, OfficeCodes

# DEAB05b is of tickets: an authorisation that is not the issuer's. No code is known for that of other kinds, unknown
# software, another environment, or a note to a document that was not accepted.
OFFICE = Office({"pos_ticket": OfficeCodes(numbering="DEAB05b")}, "DEAB(05[ab]|10b|12b)|key_differs")  # numbering, key
