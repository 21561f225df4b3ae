"""Make the typefaces of the PDF (``src/dian_fe/graphic/faces``) from Noto Sans, whose licence is beside them.

    python scripts/make_faces.py FOLDER

FOLDER holds ``NotoSans-Regular.ttf`` and ``NotoSans-Bold.ttf`` (Debian: package fonts-noto-core). Needs fontTools. The
faces keep Latin, Greek, Cyrillic, currencies and common signs. The third, of one shape for every character, shows what
they lack: typst writes the character itself as its text, so it can be found and copied.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

TARGET = Path(__file__).resolve().parent.parent / "src" / "dian_fe" / "graphic" / "faces"
KEPT = (
    *(range(0x20, 0x7F), range(0xA0, 0x250), range(0x2B0, 0x300), range(0x300, 0x370), range(0x370, 0x400)),
    *(range(0x400, 0x530), range(0x1E00, 0x1F00), range(0x1F00, 0x2000), range(0x2000, 0x2070)),
    *(range(0x2070, 0x20A0), range(0x20A0, 0x20D0), range(0x2100, 0x2150), range(0x2150, 0x2190)),
    *(range(0x2190, 0x21A0), range(0x2200, 0x2300), range(0x25A0, 0x2600), range(0xFB00, 0xFB07)),
    *(range(0xFFFC, 0xFFFE),),
)
PLACEHOLDER = "DIAN-FE Placeholder"
LOZENGE = 0x25CA
WIDTH = 560
LINES = (
    ((40, 357), (280, 757), (520, 357), (280, -43)),  # outwards, clockwise
    ((110, 357), (280, 74), (450, 357), (280, 640)),
)
"""Corners of the lozenge, in thousandths of the type: its outer and its inner side."""
SURROGATES = range(0xD800, 0xE000)
YEAR_1904 = 2082844800
"""Seconds from 1904, from which fonts count, to 1970; the faces are dated there so that they are always the same."""


def reduced(source: Path) -> TTFont:
    """Return a face with the kept characters only, without hints."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options()
    options.hinting = False
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes={code for each in KEPT for code in each})
    subsetter.subset(font)
    return font


def placeholder(regular: TTFont) -> TTFont:
    """Return the face that shows every character as a lozenge; the names of its family are its own."""
    builder = FontBuilder(regular["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder([".notdef", "space", "lozenge"])
    pens = {name: TTGlyphPen(None) for name in (".notdef", "space", "lozenge")}
    for name in (".notdef", "lozenge"):
        for corners in LINES:
            pens[name].moveTo(corners[0])
            for corner in corners[1:]:
                pens[name].lineTo(corner)
            pens[name].closePath()
    builder.setupGlyf({name: pen.glyph() for name, pen in pens.items()})
    wide = WIDTH, LINES[0][0][0]
    builder.setupHorizontalMetrics({".notdef": wide, "space": (0, 0), "lozenge": wide})
    hhea, os2 = regular["hhea"], regular["OS/2"]
    builder.setupHorizontalHeader(ascent=hhea.ascent, descent=hhea.descent)
    builder.setupCharacterMap({0x20: "space", LOZENGE: "lozenge"})
    builder.setupNameTable({"familyName": PLACEHOLDER, "styleName": "Regular", "psName": "DIANFEPlaceholder"})
    builder.setupOS2(
        sTypoAscender=os2.sTypoAscender,
        sTypoDescender=os2.sTypoDescender,
        usWinAscent=os2.usWinAscent,
        usWinDescent=os2.usWinDescent,
    )
    builder.setupPost()
    font = builder.font
    font["head"].created = font["head"].modified = YEAR_1904
    every = CmapSubtable.newSubtable(13)  # of many characters and one shape each
    every.platformID, every.platEncID, every.language, every.format, every.reserved, every.length = 3, 10, 0, 13, 0, 0
    every.cmap = {code: "lozenge" for code in range(0x21, 0x110000) if code not in SURROGATES} | {0x20: "space"}
    font["cmap"].tables = [*(each for each in font["cmap"].tables if each.format == 4), every]
    return font


def main(folder: Path) -> None:
    """Write the three faces."""
    TARGET.mkdir(exist_ok=True)
    faces = {name: reduced(folder / f"NotoSans-{name}.ttf") for name in ("Regular", "Bold")}
    for name, font in faces.items():
        font.save(TARGET / f"NotoSans-{name}.ttf")
    placeholder(faces["Regular"]).save(TARGET / "Placeholder.ttf")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
