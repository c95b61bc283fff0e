"""A run from a bundle, a checkpoint or nothing: trained to its last step, kept on the way, written as files."""
from __future__ import annotations

import json
import signal
import time
import uuid
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import torch

from . import __version__
from . import checkpoint as checkpoints
from .bundle import CHECKPOINT, Bundle
from .checkpoint import Checkpoint, Position
from .data import Dataset
from .metrics import Metrics
from .models import all_settings, check_limits, checked_settings, training_defaults
from .parallel import World
from .procedures import procedure_of
from .record import Record, Say, run_file
from .trainer import Trainer

RUN_FILE = "run.json"
VERSIONS = {"scenarium-python": __version__, "torch": torch.__version__.split("+")[0]}


def new_record(setup: dict[str, Any], manifest: dict[str, Any]) -> Record:
    """The record of a run before its first step."""
    relatedness = manifest.get("relatedness")
    title = manifest["title"]
    return {
        "format": "scenarium-run/1",
        "id": str(uuid.uuid4()),
        "name": f"{setup['model']} · {title} · seed {setup['seed']}",
        "createdAt": datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "status": "running",
        "failure": None,
        "setup": setup,
        "datasetTitle": title,
        "datasetFingerprint": manifest["fingerprint"],
        "scenarios": [{key: one[key] for key in ("id", "name", "group", "share", "clickRate")} for one in manifest["scenarios"]],
        "fields": [field["name"] for field in manifest["fields"]],
        "relatedness": None if relatedness is None else np.asarray(relatedness, np.float32).reshape(-1),
        "backend": None,
        "versions": dict(VERSIONS),
        "step": 0,
        "ceilings": None,
        "history": [],
        "losses": [],
        "probeSpecs": [],
        "probes": [],
        "final": None,
        "bestStep": None,
        "timings": {"firstStep": None, "training": 0, "evaluation": 0, "step": None},
    }


def checked_setup(given: dict[str, Any]) -> dict[str, Any]:
    """Settings with the lab's defaults. @raises ValueError for a name that the model does not have"""
    seed = given.get("seed", 1)
    if not isinstance(seed, int):
        raise ValueError(f"The seed must be a whole number, not {json.dumps(seed)}.")
    training = checked_settings("Training", training_defaults(), given.get("training", {}))
    check_limits(training)
    settings = all_settings(given["model"], given.get("settings", {}))
    check_limits(settings, given["model"])
    if settings.get("clusterSteps") and settings["clusters"]:
        raise ValueError("This run sorts scenarios into clusters first, which only the lab does; train it there, or set “clusters” to 0.")
    return {
        "model": given["model"],
        "settings": settings,
        "training": training,
        "dataset": given.get("dataset", "data"),
        "seed": seed,
        "backend": given.get("backend", "auto"),
    }


class Run:
    """`out`: where checkpoint and run file are written; None: nowhere."""

    def __init__(
        self,
        setup: dict[str, Any],
        dataset: Dataset,
        world: World,
        say: Say,
        *,
        start: Checkpoint | None = None,
        weights: dict[str, np.ndarray] | None = None,
        out: Path | None = None,
        origin: str | None = None,
        save_every: int = 500,
        sparse: bool | None = None,
        counted_masks: bool = True,
    ) -> None:
        manifest = dataset.manifest
        if start is not None and start.record["datasetFingerprint"] != manifest["fingerprint"]:
            raise ValueError(f"The run was trained on other content of “{setup['dataset']}”; give the rows that belong to its manifest.")
        record = start.record if start else new_record(setup, manifest)
        record = {**record, "setup": setup, "backend": None, "versions": {**record["versions"], **VERSIONS}}
        self.origin = origin
        self.world, self.out, self.save_every, self.saved = world, out, save_every, -1
        self.trainer = Trainer(
            setup, dataset, world, record, say, sparse=sparse, counted_masks=counted_masks, on_safe_point=lambda _: self._save_if_due()
        )
        if start is not None:
            self.trainer.go_to(start.trainer)
        elif weights is not None:
            self.trainer.take(weights)
        self.procedure = procedure_of(self.trainer, start.procedure if start else Position())
        self._before, self._began = dict(record["timings"]), 0.0

    def _timings(self) -> dict[str, Any]:
        spent = 1000 * (time.monotonic() - self._began)
        return {**self._before, "training": self._before["training"] + spent}

    def _write(self, checkpoint: Checkpoint) -> None:
        if self.out is not None and self.world.first:
            self.out.mkdir(parents=True, exist_ok=True)
            checkpoints.write(self.out / CHECKPOINT, checkpoint)

    def _save_if_due(self) -> None:
        step = self.trainer.step
        if self.out is None or not self.world.first or step == self.saved or step % self.save_every:
            return
        self.saved = step
        record = self.trainer.keeper.now(step, "interrupted", timings=self._timings())
        self._write(Checkpoint(record, self.trainer.position(), self.procedure.position(), self.origin))

    def train(self) -> Record:
        """To the last step; returns the record with the final metrics."""
        self._began = time.monotonic()
        # Moments of rows that come no more shrink into denormal numbers, with which Adam takes five times as long; the lab zeroes them, too.
        torch.set_flush_denormal(True)
        if self.world.size == 1:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self._stop)
        self.procedure.run()
        trainer = self.trainer
        trainer.keeper.record["timings"] = self._timings()
        trainer.keeper.record["parameters"] = sum(parameter.numel() for parameter in trainer.model.parameters())
        record = trainer.keeper.record
        if self.procedure.last is not None:
            self._write(Checkpoint(record, *self.procedure.last, self.origin))
        if self.out is not None and self.world.first:
            (self.out / RUN_FILE).write_text(run_file(record), encoding="utf-8")
        self.world.wait()
        return record

    def _stop(self, _number: int, _frame: Any) -> None:
        self.trainer.say("Stopping after this step.")
        self.trainer.stopping = True

    def evaluate(self, split: int, per_scenario: float = float("inf")) -> Metrics:
        """With the best weights, where the run has some."""
        self.trainer.restore_best()
        return self.trainer.evaluate(split, per_scenario, self.trainer.step)


def setup_of(bundle: Bundle, steps: int | None) -> dict[str, Any]:
    setup = checked_setup(bundle.settings)
    if steps is not None:
        setup["training"]["steps"] = steps
    return setup


def printed(metrics: Metrics, record: Record) -> str:
    """Metrics by scenario, as a table."""

    def shown(value: float | None) -> str:
        return "undefined" if value is None else f"{value:.4f}"

    every = [*metrics["scenarios"], metrics["overall"]]
    columns = {"AUC": "auc", "noise-free": "noiseFreeAuc", "log loss": "logLoss", "calibration": "calibration"}
    if all(one["noiseFreeAuc"] is None for one in every):
        # Only simulated data has a click probability to compare with.
        del columns["noise-free"]
    header = ["scenario", "rows", *columns]
    names = [*(one["name"] for one in record["scenarios"]), "all"]
    rows = [[name, str(one["rows"]), *(shown(one[key]) for key in columns.values())] for name, one in zip(names, every)]
    widths = [max(len(row[c]) for row in [header, *rows]) for c in range(len(header))]
    lines = ["  ".join(cell.ljust(w) if c == 0 else cell.rjust(w) for c, (cell, w) in enumerate(zip(row, widths))) for row in [header, *rows]]
    return "\n".join(lines)


def json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
