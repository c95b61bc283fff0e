"""Checkpoints of the lab (`scenarium-checkpoint/1`): weights, moments, best weights, positions and the record in one safetensors file."""
from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping

import numpy as np

from . import safetensors
from .record import Record, packed, unpacked

FORMAT = "scenarium-checkpoint/1"
FILE = "checkpoint.safetensors"
Arrays = dict[str, np.ndarray]


@dataclass
class Position:
    """Plain data and arrays, of a trainer or of a procedure."""

    state: Any = None
    arrays: Arrays = field(default_factory=dict)


@dataclass
class Checkpoint:
    record: Record
    trainer: Position
    procedure: Position
    #: What the run was begun from (`Bundle.origin`, or `train`); None: the lab, or an older version, wrote it.
    origin: str | None = None


def _under(tensors: Mapping[str, np.ndarray], prefix: str) -> Arrays:
    return {name[len(prefix) :]: values for name, values in tensors.items() if name.startswith(prefix)}


def read(data: bytes, name: str) -> Checkpoint:
    """@raises ValueError with one sentence where the bytes are no checkpoint"""
    tensors, metadata = safetensors.read(data, name)
    found = metadata.get("format")
    if found != FORMAT:
        said = f"says “{found}”" if found else "says nothing of its format"
        raise ValueError(f"“{name}” is no checkpoint of a run that this version reads ({FORMAT}): it {said}; export the run again.")
    try:
        record = unpacked(json.loads(metadata["record"]), _under(tensors, "record/"))
        trainer, procedure = json.loads(metadata["trainer"]), json.loads(metadata["procedure"])
        record["setup"]["model"], record["probeSpecs"], trainer["step"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"The checkpoint “{name}” is damaged; export the run again.") from error
    places = Position(trainer, _under(tensors, "trainer/")), Position(procedure, _under(tensors, "procedure/"))
    return Checkpoint(record, *places, metadata.get("origin"))


def held(folder: Path) -> Checkpoint | None:
    """The checkpoint that a run has left in its folder."""
    file = folder / FILE
    return read(file.read_bytes(), FILE) if file.exists() else None


def write(path: Path, checkpoint: Checkpoint) -> None:
    """Whole or not at all: a process that is killed meanwhile leaves the file of before."""
    record, arrays = packed(checkpoint.record)
    tensors: Arrays = {}
    for prefix, of in (("trainer/", checkpoint.trainer.arrays), ("procedure/", checkpoint.procedure.arrays), ("record/", arrays)):
        tensors.update({prefix + name: np.asarray(values).reshape(-1) for name, values in of.items()})
    metadata = {
        "format": FORMAT,
        "record": json.dumps(record, ensure_ascii=False),
        "trainer": json.dumps(checkpoint.trainer.state),
        "procedure": json.dumps(checkpoint.procedure.state),
    }
    if checkpoint.origin is not None:
        metadata["origin"] = checkpoint.origin
    beside = path.with_name(path.name + ".part")
    safetensors.write(beside, tensors, metadata)
    os.replace(beside, path)
