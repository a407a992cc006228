"""``make fuzz``: so many cases over every edge; what is found is kept as a case of its own."""

from __future__ import annotations

import argparse
import sys
import time
from hashlib import sha256
from pathlib import Path

from fuzz.edges import case_of, edges
from fuzz.judging import judged

DEEP = 40
"""Of so many cases one goes as far as a quote."""


def main() -> int:
    """Run and tell, an edge a line; 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--edges", nargs="*", default=list(edges()))
    parser.add_argument("--kept", type=Path, default=Path(__file__).parent / "found")
    options = parser.parse_args()
    each = -(-options.cases // len(options.edges))
    found: dict[str, bytes] = {}
    for name in options.edges:
        begun = time.monotonic()
        for index in range(each):
            case = case_of(edges()[name], name, options.seed, index)
            finding = judged(edges()[name], case, deep=index % DEEP == 0)
            if finding and f"{name}: {finding}" not in found:
                found[f"{name}: {finding}"] = case
                kept = options.kept / f"{name}-{sha256(case).hexdigest()[:8]}"
                kept.write_bytes(case)
                print(f"  {name} {index}: {finding}  ({kept})", flush=True)
        took = time.monotonic() - begun
        print(f"{name:10} {each:6} cases, {took:6.1f} s", flush=True)
    print(f"{each * len(options.edges)} cases, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
