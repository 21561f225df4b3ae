"""Checks of equivalent documents that only DIAN can make: registered software, numberings and accepted documents."""

from __future__ import annotations

from ...testing.office import Office, OfficeCodes

# Both codes of the authorisation are of implementers' notes: that it exists, and that it is the issuer's (DEAB05a,
# DEAB05b). No code is known for unknown software, another environment, or a note to a document that was not accepted.
OFFICE = Office(
    {
        name: OfficeCodes(numbering="DEAB05b")
        for name in ("pos_ticket", "transport_ticket", "utility_bill", "cinema_ticket")
    },
    "DEAB(05[ab]|10b|12b)",  # numbering
)
