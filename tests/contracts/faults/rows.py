"""The kinds of fault that outside engineers and users met in 0.1.0, and the mark that ties tests to them.

``python -m pytest -m "fault(row='A7')"`` runs the case that was met (``own``) and its neighbours, invented by somebody
who did not write the mend. Those of rows A failed on 0.1.0 each by its own assertion.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest

KINDS = {
    "A1": "a document names its provider itself, which proves nothing",
    "A2": "a NIT is what identifying attributes say, never digits of names",
    "A3": "reading costs what a file is long, whatever fills it",
    "A4": "verifying costs what a file is long, whatever does not break its signature",
    "A5": "ds or xades as the default namespace is a good signature",
    "A6": "declarations count: neither lost from good documents nor added to them",
    "A7": "why a part cannot be read is kept without what was read",
    "A8": "explaining a broken signature has a budget, and crowded elements are refused",
    "A9": "checking an honest document costs what it is long",
    "A10": "texts of strangers make no line and no command of ours",
    "A11": "moments are plausible against the present and each other",
    "A12": "callers that send one document have each their own outcome",
    "A13": "a stored shipment is that of its own document",
    "A14": "another certificate of the same key is not the one that was signed",
    "A15": "certificates are held to their purposes and names",
    "A16": "rows for spreadsheets hold no formula",
    "A17": "secrets leave neither by pickle nor by vars, and have no unseen characters",
    "A18": "a ZIP that programs read in two ways is refused",
    "A19": "of several certificates in a file the signing one in force is taken",
    "A20": "issuer names are written as Java writes them",
    "A21": "references to a reference hold, and leave the properties uncovered",
    "A22": "what DIAN does not tell has no code of hers and refuses nothing",
    "B1": "without a test set there is no test run",
    "B2": "only the exact sentence about this set makes it accepted",
    "B3": "what shows in place of a secret is not taken for it",
    "B4": "technical keys have one of two forms",
    "B5": "one datum that cannot be read is missing and told, and it alone",
    "B6": "numbers that are none of XML Schema's are told",
    "B7": "zero has no sign",
    "B8": "discounts, charges and withholdings of zero are left out",
    "B9": "a price is that of one unit",
    "B10": "rates of another scale are refused",
    "B11": "a price with its taxes inside is what is paid",
    "B12": "places are found as people write them, or lead to the right one",
    "B13": "a place that denies itself is refused",
    "B14": "no time zones of the system are needed",
    "B15": "ready is what check would not reject",
    "B16": "a company that is not active is told, and activated on purpose",
    "B17": "the truth before the test set is no rejection",
    "B18": "numberings belong to their company and software",
    "B19": "what a checker says of a program is what happens",
    "B20": "another day of signing has its rule's code, and contingency passes",
    "B21": "what DIAN claims to have is never told as not arrived",
    "B23": "what is no argument is refused early, by name",
    "B24": "a note, an instalment or a due date that contradicts is told",
    "B25": "what constructors number passes check",
    "B26": "a refusal leads to the next step",
    "B27": "another tenant's certificate sends nothing unless asked",
    "B28": "a view leaves out nothing that is owed or happened",
    "B29": "no terminal encoding ends in a traceback",
    "B33": "what a class may do is no matter of its name",
    "B34": "no page depends on the typefaces of a machine",
}
MADE: dict[str, dict[bool, list[str]]] = defaultdict(lambda: {False: [], True: []})
"""Names of the cases by row, and whether they are neighbours."""


def cases(row: str, own: Mapping[str, Any], neighbours: Mapping[str, Any]) -> pytest.MarkDecorator:
    """Parametrize ``case`` by what was met and its neighbours, each marked with its row."""
    made = []
    for neighbour, some in ((False, own), (True, neighbours)):
        MADE[row][neighbour] += some
        made += [
            pytest.param(value, id=name, marks=pytest.mark.fault(row=row, neighbour=neighbour))
            for name, value in some.items()
        ]
    return pytest.mark.parametrize("case", made)
