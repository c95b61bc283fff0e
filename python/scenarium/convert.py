"""The way back: the run file that the page imports, from a checkpoint."""
from __future__ import annotations

from pathlib import Path

from . import checkpoint as checkpoints
from .bundle import CHECKPOINT, is_zip
from .record import run_file


def converted(bundle_or_file: Path) -> str:
    """The text of a run file that the page imports, from a checkpoint."""
    path = bundle_or_file
    if path.is_dir():
        for name in (f"continued/{CHECKPOINT}", CHECKPOINT):
            if (path / name).exists():
                path = path / name
                break
    if not path.is_file():
        raise ValueError(f"There is no checkpoint at {bundle_or_file}; give {CHECKPOINT} of a run, or the folder that holds it.")
    if is_zip(path):
        raise ValueError(f"convert takes a checkpoint or the folder of a run, and “{path.name}” is a zip; unpack it and name its folder.")
    return run_file(checkpoints.read(path.read_bytes(), path.name).record)
