"""`python -m scenarium`: says what is missing before anything asks for it (`commands.py` holds the commands)."""
from __future__ import annotations

import importlib.util
import sys

NEEDED = (("torch", "PyTorch"), ("numpy", "NumPy"))
INSTALL = "`pip install torch numpy`, or `apt install python3-torch python3-numpy` on Debian and Ubuntu"


def missing() -> str | None:
    """One sentence where a package that everything needs is not installed."""
    absent = [title for name, title in NEEDED if importlib.util.find_spec(name) is None]
    if not absent:
        return None
    return f"{' and '.join(absent)} must be installed for {sys.executable or 'this Python'}: {INSTALL}."


def main(words: list[str]) -> int:
    absent = missing()
    if absent is not None:
        print(absent, file=sys.stderr)
        return 1
    # Only now: it imports PyTorch.
    from .commands import perform

    return perform(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
