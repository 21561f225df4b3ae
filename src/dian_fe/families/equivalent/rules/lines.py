"""Group AZ: the item of a line."""

from __future__ import annotations

from ....rules.xml_checks import absent

absent("DEAZ09")
