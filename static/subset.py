"""Cut the two web fonts from Noto Sans CJK: ``python static/subset.py``, with fonttools and brotli.

GB2312 and punctuation only, about 2 MB a weight; the sources are in Debian's fonts-noto-cjk.
"""

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

HERE = Path(__file__).parent
SOURCES = Path("/usr/share/fonts/opentype/noto")
RANGES = (
    (0x20, 0x7F),
    (0x2010, 0x2028),
    (0x2030, 0x205F),
    (0x3000, 0x3040),
    (0xFE30, 0xFE50),
    (0xFF00, 0xFFF0),
)


def gb2312() -> set[int]:
    pairs = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    return {ord(pair.decode("gb2312", "replace")[0]) for pair in pairs} - {0xFFFD}


def cut(source: str, target: str) -> None:
    faces = TTCollection(SOURCES / source).fonts
    font = next(face for face in faces if face["name"].getDebugName(1) == "Noto Sans CJK SC")
    options = subset.Options(flavor="woff2", layout_features=["kern", "locl", "ccmp"], hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=gb2312().union(*(range(*span) for span in RANGES)))
    subsetter.subset(font)
    subset.save_font(font, str(HERE / target), options)


if __name__ == "__main__":
    cut("NotoSansCJK-Regular.ttc", "NotoSansSC-400.woff2")
    cut("NotoSansCJK-Bold.ttc", "NotoSansSC-700.woff2")
