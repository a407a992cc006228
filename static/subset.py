"""Cut the fonts of the page and of documents from Noto Sans CJK: ``python static/subset.py [FOLDER]``.

Needs fonttools and brotli; the sources are in Debian's fonts-noto-cjk. The page gets GB2312 and punctuation,
about 2 MB a weight; documents print names, so their faces keep every character but Korean syllables, which
neither language writes (12 MB a weight; whole they are 16 MB).
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

HERE = Path(__file__).parent
DOCUMENTS = HERE.parent / "estimator" / "documents" / "faces"
SOURCES = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/opentype/noto")
RANGES = (
    (0x20, 0x7F),
    (0x2010, 0x2028),
    (0x2030, 0x205F),
    (0x3000, 0x3040),
    (0xFE30, 0xFE50),
    (0xFF00, 0xFFF0),
)
KOREAN = ((0x1100, 0x1200), (0xA960, 0xA980), (0xAC00, 0xD800))
LAYOUT = ["kern", "locl", "ccmp"]


def gb2312() -> set[int]:
    pairs = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    return {ord(pair.decode("gb2312", "replace")[0]) for pair in pairs} - {0xFFFD}


def cut(source: str, target: Path, *, page: bool) -> None:
    faces = TTCollection(SOURCES / source).fonts
    font = next(face for face in faces if face["name"].getDebugName(1) == "Noto Sans CJK SC")
    if page:
        options = subset.Options(flavor="woff2", layout_features=LAYOUT, hinting=False)
        kept = gb2312().union(*(range(*span) for span in RANGES))
    else:
        # pwid: the quotation marks and the dot of Western text are half as wide there
        options = subset.Options(layout_features=[*LAYOUT, "pwid", "tnum", "palt"], hinting=False)
        kept = set(font.getBestCmap()).difference(*(range(*span) for span in KOREAN))
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=kept)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)
    if not page:
        (DOCUMENTS / "covered.txt").write_text(ranges(set(font.getBestCmap())), "utf-8")


def ranges(covered: set[int]) -> str:
    """Every character that a document can print, as spans of code points, a line each."""
    spans: list[list[int]] = []
    for point in sorted(covered):
        if spans and spans[-1][1] == point - 1:
            spans[-1][1] = point
        else:
            spans.append([point, point])
    return "".join(f"{first:X}-{last:X}\n" for first, last in spans)


if __name__ == "__main__":
    for weight, name in ((400, "Regular"), (700, "Bold")):
        cut(f"NotoSansCJK-{name}.ttc", HERE / f"NotoSansSC-{weight}.woff2", page=True)
        cut(f"NotoSansCJK-{name}.ttc", DOCUMENTS / f"NotoSansSC-{name}.otf", page=False)
