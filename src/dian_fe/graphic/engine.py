"""The engine of the PDF, typst: a template and its data in, the bytes of a PDF/A-3 out.

Everything is given: typefaces of the package only, the document's own date, no file or network of the caller. So the
same data give the same bytes on every machine. Texts are data (JSON), never markup.
"""

from __future__ import annotations

import json
from calendar import timegm
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..errors import UnreadableDocument

_TEMPLATES = Path(str(files(__package__) / "templates"))
_FACES = Path(str(files(__package__) / "faces"))


def compose(template: str, data: Mapping[str, Any], moment: datetime, *, tagged: bool) -> bytes:
    """Return the PDF that a template makes of its data, dated at ``moment``.

    Raises ``UnreadableDocument`` with the words of typst for what cannot be set.
    """
    import typst

    try:
        made: bytes = typst.compile(
            _TEMPLATES / f"{template}.typ",
            root=_TEMPLATES,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(data, separators=(",", ":"))},
            pdf_standards="a-3a" if tagged else "a-3b",
            pdf_tags=tagged,
            timestamp=timegm(moment.utctimetuple()),
        )
    except typst.TypstError as error:
        raise UnreadableDocument.of("graphic.not_set", field="document", found=error.message) from error
    return made


@cache
def _fonts() -> Any:
    """Return the package's typefaces, which are read once."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FACES])
