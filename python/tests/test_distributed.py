"""Two processes are one: the same losses and weights, whatever a model adds up over its batch."""
from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import numpy as np

from scenarium import checkpoint as checkpoints
from tests import made

PACKAGE = Path(__file__).parents[1]
#: The launcher of PyTorch 1.13 stumbles over Python 3.11 where streams stay as they are.
STREAMS = ["-r", "1", "-t", "1"]
FILE = "checkpoint.safetensors"
COMMON = ["batch=60", "dropout=0", "evaluateEvery=10", "evaluationRows=50", 'stopMetric="none"']
SMALL = ["hidden=[8]", 'history="off"']
#: Seconds within which a process must have done what is waited for.
PATIENCE = 120


def free_port() -> int:
    """`--standalone` has one port for all launchers of a machine, in PyTorch 1.13: the second would end with the first."""
    with socket.socket() as asked:
        asked.bind(("localhost", 0))
        return int(asked.getsockname()[1])


def command(processes: int, words: list[object]) -> list[str]:
    launcher = ["-m", "torch.distributed.run", "--master_port", str(free_port()), "--nproc_per_node", str(processes), *STREAMS]
    return [sys.executable, *(launcher if processes > 1 else []), "-m", "scenarium", *map(str, words)]


def rank_of(launcher: int, rank: int) -> int:
    """The process that the launcher started with this rank."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("PPid:"))
            given = (status.parent / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(parent) == launcher and f"RANK={rank}".encode() in given:
            return int(status.parent.name)
    raise AssertionError(f"The launcher has no process of rank {rank}.")


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(PACKAGE)}


class Distributed(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.manifest = made.write(self.place)

    def words(self, model: str, out: Path, steps: int, settings: list[str], *more: object) -> list[object]:
        words: list[object] = ["train", "--model", model, "--manifest", self.manifest, "--steps", steps, "--out", out, *more]
        for one in [*COMMON, *settings]:
            words += ["--set", one]
        return words

    def close(self, one: Path, two: Path) -> None:
        """Losses and weights of two runs within 1e-5."""
        records = [json.loads((place / "run.json").read_text()) for place in (one, two)]
        self.assertEqual(*(len(record["losses"]) for record in records))
        for a, b in zip(*(record["losses"] for record in records)):
            for name, value in a["terms"].items():
                self.assertAlmostEqual(value, b["terms"][name], delta=1e-5, msg=f"{name} at step {a['step']}")
        first, second = (checkpoints.read((place / FILE).read_bytes(), FILE).trainer.arrays for place in (one, two))
        for name in first:
            if not name.startswith(("adam", "best", "loss")):
                self.assertLess(float(np.abs(first[name] - second[name]).max(initial=0)), 1e-5, name)
        self.assertAlmostEqual(*(record["final"]["overall"]["auc"] for record in records), places=4)

    def killed(self, words: list[object], out: Path) -> None:
        """Two processes, the second of which is killed by SIGKILL once a checkpoint is there; returns when the launcher has ended."""
        launcher = subprocess.Popen(command(2, words), cwd=self.place, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(launcher.kill)
        until = time.monotonic() + PATIENCE
        while not (out / FILE).exists():
            self.assertIsNone(launcher.poll(), "the run ended before it was killed")
            self.assertLess(time.monotonic(), until, "no checkpoint was written")
            time.sleep(0.01)
        os.kill(rank_of(launcher.pid, 1), signal.SIGKILL)
        said = launcher.communicate(timeout=PATIENCE)[0]
        self.assertNotEqual(launcher.returncode, 0, said)

    def test_one_of_two_processes_is_killed_and_the_run_goes_on_to_the_same_end(self) -> None:
        whole, broken = self.place / "whole", self.place / "broken"
        # Long enough that its end does not come before the kill.
        done = subprocess.run(command(1, self.words("mix", whole, 300, SMALL)), cwd=self.place, env=environment(), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        words = self.words("mix", broken, 300, SMALL, "--save-every", 10)
        self.killed(words, broken)
        self.assertFalse((broken / "run.json").exists())
        at = checkpoints.read((broken / FILE).read_bytes(), FILE).trainer.state["step"]
        self.assertTrue(0 < at < 300 and at % 10 == 0, at)
        again = subprocess.run(command(2, words), cwd=self.place, env=environment(), capture_output=True, text=True)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn(f"holds step {at} of a run; it goes on from there", again.stdout)
        self.close(whole, broken)

    def test_two_processes_are_one(self) -> None:
        # Statistics of norms, losses by scenario and histories in one model. Its scenario field is the same in all rows of a network: a
        # norm takes its gradient away, and rounding would decide where Adam moves it.
        settings = ['scenarioField="off"', 'embeddings="shared"', "hidden=[8]", 'history="mean"', "historyLength=3", 'batchNorm="own"']
        places = [self.place / f"single-{processes}" for processes in (1, 2)]
        for processes, out in zip((1, 2), places):
            words = command(processes, self.words("single", out, 100, settings))
            done = subprocess.run(words, cwd=self.place, env=environment(), capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("left", done.stdout)
            self.assertNotIn("find_unused_parameters", done.stdout + done.stderr)
        self.close(*places)


if __name__ == "__main__":
    unittest.main()
