"""``python -m estimator.cli`` is the command ``quotecast``."""

from __future__ import annotations

import sys

from estimator.cli import main

if __name__ == "__main__":
    sys.exit(main())
