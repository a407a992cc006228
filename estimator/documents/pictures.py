"""The charts of a document: the page's own, drawn without a browser."""

from __future__ import annotations

import copy
import json
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from estimator.presentation.charts import Drawing

FACE = "Noto Sans CJK SC"
WIDTH = 640
"""Width in px: the type of the chart then prints as large as the text of a table."""


PHONE = 330
"""Width in px of a chart on a telephone held upright."""


@cache
def _writer() -> Any:
    """The converter, which knows the faces of documents; its first use takes half a second."""
    import vl_convert

    with as_file(files("estimator.documents").joinpath("faces")) as folder:
        vl_convert.register_font_directory(str(folder))
    return vl_convert


def svg(drawing: Drawing, width: int = WIDTH) -> bytes:
    """A chart of the page as SVG, so many px wide, in the faces of documents."""
    spec = _in_face(copy.deepcopy(drawing.spec))
    spec["width"] = width
    spec["datasets"] = {"rows": json.loads(drawing.rows.to_json(orient="records"))}
    said: str = _writer().vegalite_to_svg(spec)
    return said.encode()


def _in_face(part: Any) -> Any:
    """Every font of a specification, put in the face that a document has."""
    if isinstance(part, dict):
        return {
            name: FACE if name in ("font", "labelFont", "titleFont") else _in_face(value)
            for name, value in part.items()
        }
    return [_in_face(value) for value in part] if isinstance(part, list) else part
