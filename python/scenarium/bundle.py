"""The zip that the lab writes (*Take it with you*), or the folder that it was unpacked to."""
from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import checkpoint as checkpoints
from . import safetensors
from .checkpoint import Checkpoint
from .data import Dataset, check_manifest, read_dataset, resplit

FORMAT = "scenarium-onward/1"
SETTINGS, CHECKPOINT, WEIGHTS = "settings.json", "checkpoint.safetensors", "weights.safetensors"
MANIFEST, ROWS = "data/manifest.json", "data/rows.npz"


@dataclass
class Bundle:
    """`settings`: model, its settings, training, dataset, seed; `checkpoint` None: the run starts at step 0."""

    settings: dict[str, Any]
    manifest: dict[str, Any]
    checkpoint: Checkpoint | None
    place: Path
    #: Weights to start from where there is no checkpoint; moments start at zero.
    weights: dict[str, np.ndarray] | None = None

    def dataset(self, rows: Path | None = None) -> Dataset:
        """@raises ValueError where the rows are neither in the bundle nor named"""
        found = rows or self._rows()
        data = read_dataset(self.manifest, found)
        return resplit(data, self.settings["training"].get("split", "dataset")) if rows else data

    def _rows(self) -> Path:
        where = self.place / ROWS
        if self.place.is_dir() and where.exists():
            return where
        title = self.manifest.get("title", "the data")
        raise ValueError(f"The rows of {title} are not in the bundle: export the run with its rows, or name them with --data FILE.")


def _parsed(data: bytes, name: str) -> Any:
    try:
        return json.loads(data.decode())
    except ValueError as error:
        raise ValueError(f"“{name}” in the bundle is not JSON; export the run again.") from error


def unpack(path: Path, folder: Path) -> Path:
    """A zip into a folder of its own; only files of the bundle, only inside the folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                target = (folder / entry.filename).resolve()
                if not target.is_relative_to(folder.resolve()):
                    raise ValueError(f"“{path.name}” holds a file that would lie outside its folder; it was not written by the lab.")
                if entry.is_dir():
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(entry))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, zlib.error) as error:
        raise ValueError(f"“{path.name}” is a damaged zip; export the run again.") from error
    return folder


def _inside(folder: Path, name: str) -> bytes | None:
    file = folder / name
    return file.read_bytes() if file.exists() else None


def read_bundle(path: Path) -> Bundle:
    """@raises ValueError with one sentence where it is not there, damaged, or of another version"""
    if not path.exists():
        raise ValueError(f"There is no {path}; give the zip that the lab wrote, or the folder that it was unpacked to.")
    if path.is_file():
        if not zipfile.is_zipfile(path):
            raise ValueError(f"“{path.name}” is no zip; give the one that the lab wrote.")
        path = unpack(path, path.with_suffix(""))
    settings = _inside(path, SETTINGS)
    if settings is None:
        raise ValueError(f"“{path.name}” holds no {SETTINGS}; give the zip that the lab wrote.")
    parsed = _parsed(settings, SETTINGS)
    found = parsed.get("format") if isinstance(parsed, dict) else None
    if found != FORMAT:
        said = f"is of format “{found}”" if found else "says nothing of its format"
        raise ValueError(f"“{path.name}” {said} and this package reads “{FORMAT}”; use the package that lies in it.")
    manifest = _inside(path, MANIFEST)
    if manifest is None:
        raise ValueError(f"“{path.name}” holds no {MANIFEST}; export the run again.")
    checked = check_manifest(_parsed(manifest, MANIFEST), MANIFEST)
    if not isinstance(parsed.get("model"), str):
        raise ValueError(f"{SETTINGS} in “{path.name}” names no model; export the run again.")
    data = _inside(path, CHECKPOINT)
    checkpoint = None if data is None else checkpoints.read(data, CHECKPOINT)
    held = _inside(path, WEIGHTS) if checkpoint is None else None
    weights = None if held is None else safetensors.read(held, WEIGHTS)[0]
    return Bundle(parsed, checked, checkpoint, path, weights)
