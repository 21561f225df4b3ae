"""The kinds of fault that outside engineers met in 0.1.0, and the mark that ties tests to them.

``python -m pytest -m "fault(row='A7')"`` runs the case that was met (``own``) and its neighbours, invented by somebody
who did not write the mend. Each of them failed on 0.1.0 by its own assertion.
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
