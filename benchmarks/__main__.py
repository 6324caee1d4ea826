"""`python -m benchmarks [NAME]`: every benchmark, or one."""

from __future__ import annotations

import runpy
import sys

ALL = ("claims",)


def main() -> None:
    """Run those that are named, or all."""
    for name in sys.argv[1:] or ALL:
        if name not in ALL:
            sys.exit(f"There is no benchmark “{name}”; there is {', '.join(ALL)}.")
        sys.argv = [f"benchmarks.{name}"]
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
