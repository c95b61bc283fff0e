"""The zip that the lab writes (*Take it with you*), or the folder that it was unpacked to; and folders that this package wrote."""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import numpy as np

from . import checkpoint as checkpoints
from . import safetensors
from .checkpoint import Checkpoint
from .data import Dataset, check_manifest, read_dataset, read_manifest, resplit

FORMAT = "scenarium-onward/1"
SETTINGS, CHECKPOINT, WEIGHTS = "settings.json", checkpoints.FILE, "weights.safetensors"
MANIFEST, ROWS = "data/manifest.json", "data/rows.npz"
#: What a zip unpacks to; anything else in the folder is somebody's own.
OURS = ("README.md", "MODEL_CARD.md", "pyproject.toml", "scenarium", "data", SETTINGS, CHECKPOINT, WEIGHTS)
#: Where `resume` writes unless told otherwise.
CONTINUED = "continued"


@dataclass
class Bundle:
    """`settings`: model, its settings, training, dataset, seed; `checkpoint` None: the run starts at step 0."""

    settings: dict[str, Any]
    manifest: dict[str, Any]
    checkpoint: Checkpoint | None
    place: Path
    #: Weights to start from where there is no checkpoint; moments start at zero.
    weights: dict[str, np.ndarray] | None = None
    #: Tells this export from any other, whatever its file is called.
    origin: str | None = None

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


def is_zip(path: Path) -> bool:
    """By its first bytes, so that a zip that was cut off is one too."""
    with open(path, "rb") as file:
        return file.read(2) == b"PK"


def _extract(path: Path, folder: Path) -> None:
    """Every file of a zip, only inside the folder."""
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


def _cleared(folder: Path, fresh: Bundle) -> None:
    """Takes an older export out of the folder; runs that went on, and what is not the lab's, stay."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is a file where the zip’s folder should be; move it, or rename the zip.")
    inside = {one.name for one in folder.iterdir()} - {CONTINUED}
    if inside and SETTINGS not in inside:
        raise ValueError(f"The folder {folder} is there already and holds something else; move it, or rename the zip.")
    try:
        same = bool(inside) and _read(folder, folder.name).origin == fresh.origin
    except ValueError:
        same = False
    for name in () if same else OURS:
        place = folder / name
        if place.is_dir():
            shutil.rmtree(place)
        elif place.exists():
            place.unlink()


def unpack(path: Path, folder: Path) -> None:
    """A zip into a folder of its own, as it is in the zip: nothing of an older export stays. A bad zip changes nothing."""
    if not is_zip(path):
        raise ValueError(f"“{path.name}” is no zip; give the one that the lab wrote.")
    beside = folder.with_name(f".{folder.name}.part-{os.getpid()}")
    try:
        beside.mkdir()
        _extract(path, beside)
        fresh = _read(beside, path.name)
        if folder.exists():
            _cleared(folder, fresh)
        shutil.copytree(beside, folder, dirs_exist_ok=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _inside(folder: Path, name: str) -> bytes | None:
    file = folder / name
    return file.read_bytes() if file.exists() else None


def _origin(settings: dict[str, Any], *parts: bytes | None) -> str:
    """Steps are left out: a run that goes on may be given more."""
    training = settings.get("training")
    if isinstance(training, dict):
        settings = {**settings, "training": {name: value for name, value in training.items() if name != "steps"}}
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for part in parts:
        digest.update(hashlib.sha256(part or b"").digest())
    return digest.hexdigest()


def _check_whole(settings: dict[str, Any], name: str, checkpoint: bytes | None, weights: bytes | None) -> None:
    """@raises ValueError where the export had a file that is no longer there: going on without it would be another run"""
    holds = settings.get("holds")
    if checkpoint is not None:
        return
    if not isinstance(holds, dict):
        raise ValueError(f"“{name}” holds no {CHECKPOINT}, so there is no step to go on from; export the run again.")
    lost = CHECKPOINT if holds.get("checkpoint") else WEIGHTS if holds.get("weights") and weights is None else None
    if lost is not None:
        raise ValueError(f"“{name}” has lost its {lost}; unpack the zip again, or export the run again.")


def _read(path: Path, name: str) -> Bundle:
    """A folder as a bundle; `name`: what the sentences call it."""
    settings = _inside(path, SETTINGS)
    if settings is None:
        raise ValueError(f"“{name}” holds no {SETTINGS}; give the zip that the lab wrote.")
    parsed = _parsed(settings, SETTINGS)
    found = parsed.get("format") if isinstance(parsed, dict) else None
    if found != FORMAT:
        said = f"is of format “{found}”" if found else "says nothing of its format"
        raise ValueError(f"“{name}” {said} and this package reads “{FORMAT}”; use the package that lies in it.")
    manifest = _inside(path, MANIFEST)
    if manifest is None:
        raise ValueError(f"“{name}” holds no {MANIFEST}; export the run again.")
    checked = check_manifest(_parsed(manifest, MANIFEST), MANIFEST)
    if not isinstance(parsed.get("model"), str):
        raise ValueError(f"{SETTINGS} in “{name}” names no model; export the run again.")
    data, held = _inside(path, CHECKPOINT), _inside(path, WEIGHTS)
    _check_whole(parsed, name, data, held)
    checkpoint = None if data is None else checkpoints.read(data, CHECKPOINT)
    weights = None if checkpoint is not None or held is None else safetensors.read(held, WEIGHTS)[0]
    origin = _origin(parsed, manifest, data, held if data is None else None)
    return Bundle(parsed, checked, checkpoint, path, weights, origin)


def _alone(action: Callable[[], object]) -> None:
    action()


def read_bundle(path: Path, once: Callable[[Callable[[], object]], None] = _alone) -> Bundle:
    """`once`: has one of several processes unpack (`World.once`).

    @raises ValueError with one sentence where it is not there, damaged, or of another version"""
    if not path.exists():
        raise ValueError(f"There is no {path}; give the zip that the lab wrote, or the folder that it was unpacked to.")
    if path.is_dir():
        if not (path / SETTINGS).exists() and (path / CHECKPOINT).exists():
            raise ValueError(
                f"{path} is a folder that train or resume wrote: give the same command again with more --steps, and evaluate to score it."
            )
        return _read(path, path.resolve().name)
    folder = path.with_suffix("") if path.suffix else path.with_name(f"{path.name}-unpacked")
    once(lambda: unpack(path, folder))
    return _read(folder, path.name)


def is_trained(path: Path) -> bool:
    """Whether `train` or `resume` wrote this folder."""
    return (path / CHECKPOINT).is_file() and not (path / SETTINGS).exists()


def read_trained(folder: Path, manifest: Path | None) -> Bundle:
    """A folder that `train` or `resume` wrote; the manifest is that of the bundle around it, unless it is named."""
    found = manifest or folder.resolve().parent / MANIFEST
    if not found.is_file():
        raise ValueError(f"{folder} holds a run without its data; name the manifest with --manifest FILE, and the rows with --data FILE.")
    checkpoint = checkpoints.held(folder)
    assert checkpoint is not None
    return Bundle(checkpoint.record["setup"], read_manifest(found), checkpoint, found.resolve().parent.parent)
