"""Two processes are one: the same losses and weights, whatever a model adds up over its batch."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

from scenarium import checkpoint as checkpoints
from tests import made

PACKAGE = Path(__file__).parents[1]
#: The launcher of PyTorch 1.13 stumbles over Python 3.11 where streams stay as they are.
STREAMS = ["-r", "1", "-t", "1"]


def command(processes: int, words: list[object]) -> list[str]:
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(processes), *STREAMS] if processes > 1 else []
    return [sys.executable, *launcher, "-m", "scenarium", *map(str, words)]


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(PACKAGE)}


class Distributed(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.manifest = made.write(self.place)

    def trained(self, model: str, processes: int, settings: list[str], steps: int = 100) -> tuple[dict, checkpoints.Checkpoint]:
        out = self.place / f"{model}-{processes}"
        common = ["batch=60", "dropout=0", "evaluateEvery=10", "evaluationRows=50", 'stopMetric="none"', *settings]
        words: list[object] = ["train", "--model", model, "--manifest", self.manifest, "--steps", steps, "--out", out]
        for one in common:
            words += ["--set", one]
        done = subprocess.run(command(processes, words), cwd=self.place, env=environment(), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("left", done.stdout)
        found = checkpoints.read((out / "checkpoint.safetensors").read_bytes(), "checkpoint")
        return json.loads((out / "run.json").read_text()), found

    def alike(self, model: str, settings: list[str]) -> None:
        (one, first), (two, second) = (self.trained(model, processes, settings) for processes in (1, 2))
        for a, b in zip(one["losses"], two["losses"]):
            for name, value in a["terms"].items():
                self.assertAlmostEqual(value, b["terms"][name], delta=1e-5, msg=f"{name} at step {a['step']}")
        self.assertEqual(len(one["losses"]), len(two["losses"]))
        names = [name for name in first.trainer.arrays if not name.startswith(("adam", "best", "loss"))]
        for name in names:
            apart = float(np.abs(first.trainer.arrays[name] - second.trainer.arrays[name]).max(initial=0))
            self.assertLess(apart, 1e-5, name)
        self.assertAlmostEqual(one["final"]["overall"]["auc"], two["final"]["overall"]["auc"], places=4)

    def test_two_processes_are_one(self) -> None:
        # Statistics of norms, losses by scenario and histories in one model. Its scenario field is the same in all rows of a network: a
        # norm takes its gradient away, and rounding would decide where Adam moves it.
        self.alike("single", ['scenarioField="off"', 'embeddings="shared"', "hidden=[8]", 'history="mean"', "historyLength=3", 'batchNorm="shared"'])


if __name__ == "__main__":
    unittest.main()
