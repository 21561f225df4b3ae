"""Cut the typefaces of the PDF out of Roboto: ``python scripts/make_typefaces.py "Roboto[wdth,wght].ttf"``.

Writes ``src/dian_fe/graphic/fonts/Roboto-{Regular,Bold}.ttf``: one weight each, the characters of `RANGES`, no hinting
and no tables that a PDF has no use for. Needs ``fonttools``, which nothing else here does; the variable font is in the
package ``fontpkg-roboto`` (3.15), under the SIL Open Font License, without a reserved font name.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FONTS = Path(__file__).parents[1] / "src" / "dian_fe" / "graphic" / "fonts"
WEIGHTS = {"Regular": 400, "Bold": 700}
RANGES = """
0020-007E 00A0-024F 0300-0304 0306-030C 0327-0328 0370-03FF 0400-045F 0490-0491 1E80-1E85 1EF2-1EF3 2010-2015 2018-201E
2020-2022 2026 2030 2032-2033 2039-203A 2044 2070 2074-2079 2080-2089 20A0-20BF 2116 2122 2126 2212 2215 221A 221E 2248
2260 2264-2265 25CA FFFD
"""
"""Latin with its accents, Greek, Cyrillic, signs of currencies and of arithmetic, and the placeholder."""
KEPT_NAMES = {0, 1, 2, 3, 4, 5, 6, 13, 14}
USELESS = ("GSUB", "GPOS", "GDEF", "STAT", "avar", "HVAR", "MVAR", "gasp", "prep", "fpgm", "cvt ")


def characters() -> Iterator[int]:
    for part in RANGES.split():
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def cut(source: Path, style: str, weight: int) -> TTFont:
    font = instancer.instantiateVariableFont(TTFont(source, recalcTimestamp=False), {"wght": weight, "wdth": 100})
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=["*"])
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=list(characters()))
    cutter.subset(font)
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in KEPT_NAMES]
    for number, text in {2: style, 3: f"Roboto-{style} 3.015", 4: f"Roboto {style}", 6: f"Roboto-{style}"}.items():
        names.setName(text, number, 3, 1, 0x409)
    for table in USELESS:
        if table in font:
            del font[table]
    return font


def main() -> None:
    for style, weight in WEIGHTS.items():
        cut(Path(sys.argv[1]), style, weight).save(FONTS / f"Roboto-{style}.ttf")


if __name__ == "__main__":
    main()
