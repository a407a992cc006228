"""Units that formulas share: weeks and days of a month, values by draw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Value = Any
"""A draw of each point, or one number where nothing is uncertain."""

WEEKS, DAYS = 4.345, 30.4
"""Of a month, as in the market's own equations."""
