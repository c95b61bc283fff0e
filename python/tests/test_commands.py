"""What the commands say where a run, an export or a folder is not the one that is meant."""
from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

import numpy as np
import torch

from scenarium import checkpoint as checkpoints
from scenarium import parallel
from scenarium.__main__ import main
from scenarium.bundle import CHECKPOINT, FORMAT, WEIGHTS
from tests import made

SETTINGS = {"hidden": [8]}
TRAINING = {"batch": 64, "evaluateEvery": 5, "evaluationRows": 50, "steps": 10}


class Commands(unittest.TestCase):
    place: Path
    lab: Path

    @classmethod
    def setUpClass(cls) -> None:
        """`lab`: checkpoints of seeds 1 and 2 at step 10, as the lab writes them, without an origin."""
        place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(place.cleanup)
        cls.lab = Path(place.name)
        made.write(cls.lab)
        for seed in (1, 2):
            with contextlib.redirect_stdout(io.StringIO()):
                main(["train", *cls.words(cls.lab), "--seed", str(seed), "--out", str(cls.lab / str(seed))])
            file = cls.lab / str(seed) / CHECKPOINT
            trained = checkpoints.read(file.read_bytes(), CHECKPOINT)
            trained.origin = None
            checkpoints.write(file, trained)

    @staticmethod
    def words(place: Path, **more: object) -> list[str]:
        sets = [f"{name}={json.dumps(value)}" for name, value in {**SETTINGS, **TRAINING, **more}.items()]
        return ["--model", "mix", "--manifest", str(place / "manifest.json"), *(word for one in sets for word in ("--set", one))]

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)

    def test_training_flushes_denormal_numbers(self) -> None:
        torch.set_flush_denormal(False)
        small = torch.full((8,), 1e-40)
        self.assertGreater(float((small * 0.5).sum()), 0)
        code, _ = self.said("train", *self.words(self.lab), "--seed", 3, "--out", self.place / "run")
        self.assertEqual(code, 0)
        self.assertEqual(float((small * 0.5).sum()), 0)

    def said(self, *words: object) -> tuple[int, str]:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main([str(word) for word in words])
        return code, out.getvalue().strip()

    def refused(self, sentence: str, *words: object) -> None:
        code, text = self.said(*words)
        self.assertEqual((code, text.count("\n")), (1, 0), text)
        self.assertIn(sentence, text)

    def done(self, *words: object) -> str:
        code, text = self.said(*words)
        self.assertEqual(code, 0, text)
        return text

    def export(self, seed: int, name: str = "run.zip", checkpoint: bool = True, weights: bool = False, rows: bool = True) -> Path:
        holds = {"checkpoint": checkpoint, "weights": weights}
        settings = {"format": FORMAT, "model": "mix", "settings": SETTINGS, "training": TRAINING, "dataset": "made", "seed": seed, "holds": holds}
        path = self.place / name
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("settings.json", json.dumps(settings))
            archive.write(self.lab / "manifest.json", "data/manifest.json")
            if rows:
                archive.write(self.lab / "rows.npz", "data/rows.npz")
            if checkpoint:
                archive.write(self.lab / str(seed) / CHECKPOINT, CHECKPOINT)
        return path

    def test_a_run_of_another_export_is_not_gone_on_with(self) -> None:
        self.done("resume", self.export(1), "--steps", 12)
        self.assertIn("from step 12 to 14", self.done("resume", self.place / "run.zip", "--steps", 14))
        self.refused("14 steps are done and --steps names the last one", "resume", self.place / "run", "--steps", 14)
        self.refused("holds step 14 of a run that was not begun from this export", "resume", self.export(2), "--steps", 16)
        shutil.rmtree(self.place / "run" / "continued")
        self.assertIn("from step 10 to 16", self.done("resume", self.place / "run.zip", "--steps", 16))
        self.refused("is the folder of an export", "resume", self.place / "run.zip", "--steps", 20, "--out", self.place / "run")

    def test_a_continued_run_is_scored(self) -> None:
        self.done("resume", self.export(1), "--steps", 12)
        continued = self.place / "run" / "continued"
        text = self.done("evaluate", self.place / "run")
        self.assertIn("the run stands at step 10", text)
        self.assertIn(f"{continued} holds step 12", text)
        final = json.loads((continued / "run.json").read_text())["final"]
        found = json.loads(self.done("evaluate", continued, "--json"))
        self.assertAlmostEqual(found["overall"]["auc"], final["overall"]["auc"], places=6)
        moved = shutil.copytree(continued, self.place / "elsewhere" / "moved")
        self.refused("name the manifest with --manifest FILE", "evaluate", moved)
        self.assertIn("step 12", self.done("evaluate", moved, "--manifest", self.lab / "manifest.json", "--last"))

    def test_nothing_of_an_older_export_is_left(self) -> None:
        self.done("evaluate", self.export(1))
        (self.place / "run" / "notes.txt").write_text("mine")
        self.refused("nothing to score with", "evaluate", self.export(1, checkpoint=False, rows=False))
        self.assertEqual(sorted(one.name for one in (self.place / "run").iterdir()), ["data", "notes.txt", "settings.json"])
        self.assertFalse((self.place / "run" / "data" / "rows.npz").exists())

    def test_a_zip_unpacks_beside_itself_or_not_at_all(self) -> None:
        self.done("evaluate", self.export(1, "bare"))
        self.assertTrue((self.place / "bare-unpacked" / "settings.json").exists())
        whole = self.export(1, "cut.zip").read_bytes()
        (self.place / "cut.zip").write_bytes(whole[: len(whole) // 2])
        self.refused("is a damaged zip", "evaluate", self.place / "cut.zip")
        self.assertFalse((self.place / "cut").exists())
        (self.place / "run").mkdir()
        (self.place / "run" / "thesis.tex").write_text("x")
        self.refused("holds something else", "evaluate", self.export(1))
        self.refused("convert takes a checkpoint or the folder of a run", "convert", self.place / "run.zip")
        self.assertEqual(sorted(one.name for one in self.place.iterdir()), ["bare", "bare-unpacked", "cut.zip", "run", "run.zip"])

    def test_a_lost_checkpoint_is_missed_and_one_that_never_was_is_told(self) -> None:
        self.done("evaluate", self.export(1))
        (self.place / "run" / CHECKPOINT).unlink()
        self.refused(f"has lost its {CHECKPOINT}", "resume", self.place / "run", "--steps", 12)
        self.refused(f"has lost its {WEIGHTS}", "resume", self.export(1, "none.zip", checkpoint=False, weights=True))
        text = self.done("resume", self.export(1, "fresh.zip", checkpoint=False), "--steps", 3)
        self.assertIn("holds settings and no weights", text)

    def test_train_goes_on_with_its_own_settings_alone(self) -> None:
        out = self.place / "tr"
        self.done("train", *self.words(self.lab), "--seed", 5, "--out", out)
        self.refused("(seed 5 there, 9 here)", "train", *self.words(self.lab), "--seed", 9, "--out", out, "--steps", 12)
        self.refused("(hidden [8] there, [4] here)", "train", *self.words(self.lab, hidden=[4]), "--seed", 5, "--out", out)
        self.assertIn("goes on from there", self.done("train", *self.words(self.lab), "--seed", 5, "--out", out, "--steps", 12))
        self.refused("12 steps are done", "train", *self.words(self.lab), "--seed", 5, "--out", out, "--steps", 12)

    def test_bad_steps_and_folders_are_refused_before_training(self) -> None:
        for steps in (0, -3):
            self.refused(f"--steps must be at least 1, not {steps}", "train", *self.words(self.lab), "--steps", steps)
        (self.place / "file").write_text("x")
        with mock.patch("scenarium.commands.Run", side_effect=AssertionError("trained")):
            self.refused("is a file", "train", *self.words(self.lab), "--out", self.place / "file" / "out")
            self.refused("is a file", "resume", self.export(1), "--out", self.place / "file")
            with mock.patch("os.access", return_value=False):
                self.refused("Nothing can be written to", "train", *self.words(self.lab), "--out", self.place / "out")

    def test_data_without_test_rows_are_told(self) -> None:
        path, given = self.place / "rows.npz", made.arrays()
        np.savez(path, **{**given, "split": np.minimum(given["split"], 1)})
        text = self.done("resume", self.export(1), "--data", path, "--steps", 12)
        self.assertIn("no test rows", text)
        self.assertNotIn("undefined", text)
        self.refused("no test rows (split 2)", "evaluate", self.place / "run", "--data", path)

    def test_noise_free_metrics_are_left_out_of_data_without_a_truth(self) -> None:
        path, given = self.place / "rows.npz", made.arrays()
        np.savez(path, **{name: values for name, values in given.items() if not name.startswith("truth.")})
        self.assertIn("noise-free", self.done("evaluate", self.export(1)))
        self.assertNotIn("noise-free", self.done("evaluate", self.place / "run", "--data", path))

    def test_only_one_process_of_a_machine_speaks(self) -> None:
        with mock.patch.dict(os.environ, {"RANK": "1", "LOCAL_RANK": "1"}):
            self.assertEqual(self.said("evaluate", self.place / "absent.zip"), (1, ""))
        self.assertTrue(parallel.World().speaks)

    def test_without_torch_one_sentence_says_how_to_install_it(self) -> None:
        with mock.patch("importlib.util.find_spec", side_effect=lambda name: None if name == "torch" else object()):
            self.refused("PyTorch must be installed for", "evaluate", "run.zip")


if __name__ == "__main__":
    unittest.main()
