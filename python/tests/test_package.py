"""Numbers, files and rows of the package, and what it says to bad ones."""
from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
import zipfile
from pathlib import Path

import numpy as np

from scenarium import counter, safetensors
from scenarium.__main__ import main
from scenarium.batches import Layout
from scenarium.bundle import FORMAT
from scenarium.data import check_manifest, read_dataset, resplit
from scenarium.metrics import auc, log_loss, weighted_mean
from scenarium.record import Thinned
from tests import made


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)

    def said(self, *words: str) -> tuple[int, str]:
        """Exit code and everything printed by a command."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main([str(word) for word in words])
        return code, out.getvalue().strip()


class Counter(unittest.TestCase):
    """Values of src/engine/random.ts."""

    def test_the_same_numbers_as_the_lab(self) -> None:
        self.assertEqual([int(counter.hash3(1, 2, 3)[0]), int(counter.hash3(-7, 5, 9)[0])], [4204755366, 2685174963])
        self.assertEqual(counter.stream_seed(5, "weights"), 968083688)
        uniform = [-0.6129499077796936, -0.3809441924095154, 0.5682380795478821, -0.9217678308486938]
        np.testing.assert_array_equal(counter.uniform(7, "u", 4, -1, 2), np.float32(uniform))
        normal = [0.7433302998542786, 1.5109056234359741, 0.8851189613342285, 1.1234453916549683, 0.7710939049720764]
        np.testing.assert_allclose(counter.normal(7, "n", 5, 1, 0.5), normal, rtol=1e-6)
        self.assertEqual(counter.permutation(3, "p", 8).tolist(), [1, 5, 7, 2, 0, 6, 4, 3])

    def test_a_mask_keeps_its_mean(self) -> None:
        mask = counter.dropout_mask((200, 50), 0.25, 7, 3, 0)
        self.assertEqual(set(np.unique(mask)), {np.float32(0), np.float32(1 / 0.75)})
        self.assertAlmostEqual(float(mask.mean()), 1, delta=0.03)
        self.assertFalse((mask == counter.dropout_mask((200, 50), 0.25, 7, 4, 0)).all())

    def test_orthogonal(self) -> None:
        for rows, columns in ((4, 4), (5, 3), (3, 5)):
            found = counter.orthogonal(1, "o", rows, columns).astype(float)
            product = found.T @ found if rows > columns else found @ found.T
            np.testing.assert_allclose(product, np.eye(min(rows, columns)), atol=1e-6)


class Safetensors(Folder):
    def test_there_and_back(self) -> None:
        tensors = {"one": np.arange(6, dtype=np.float32).reshape(2, 3), "two.three": np.asarray([-1], np.int32)}
        path = self.place / "file"
        safetensors.write(path, tensors, {"said": "ä"})
        found, metadata = safetensors.read(path.read_bytes(), "file")
        self.assertEqual(metadata, {"said": "ä"})
        for name, values in tensors.items():
            np.testing.assert_array_equal(found[name], values)
            self.assertEqual(found[name].dtype, values.dtype)

    def test_one_sentence_for_each_damage(self) -> None:
        path = self.place / "file"
        safetensors.write(path, {"one": np.ones(3, np.float32)}, {})
        good = path.read_bytes()
        for bad in (b"", good[:4], b"\xff" * 8 + good[8:], good[:-4], good[:9] + b"x" + good[10:]):
            with self.assertRaisesRegex(ValueError, r"^“w” is not a readable safetensors file: .*\.$"):
                safetensors.read(bad, "w")


class Data(Folder):
    def layout(self) -> Layout:
        return Layout(fields=4, item_fields=[1], history=3, history_scenario=True, own_history=2)

    def test_batches_row_by_row(self) -> None:
        dataset = read_dataset(made.manifest(), made.write(self.place).parent / "rows.npz")
        rows = np.asarray([3, 1100, 7, 8, 9])
        batch = dataset.batch(rows, self.layout())
        given = made.arrays()
        ids, of = given["history.ids"].reshape(-1, made.LENGTH), given["history.scenario"].reshape(-1, made.LENGTH)
        fields = dataset.manifest["fields"]
        for b, row in enumerate(rows):
            wanted = [fields[f]["offset"] + int(given[f"field.{f}"][row]) for f in range(4)]
            behaviours = [(int(ids[row, k]), int(of[row, k])) for k in range(int(given["history.lengths"][row]))]
            latest, own = behaviours[-3:], [one for one in behaviours if one[1] == given["scenario"][row]][-2:]
            item, place = fields[1]["offset"], fields[3]["offset"]
            wanted += [item + one for one, _ in latest] + [0] * (3 - len(latest))
            wanted += [place + scenario + 1 for _, scenario in latest] + [0] * (3 - len(latest))
            wanted += [item + one for one, _ in own] + [0] * (2 - len(own))
            self.assertEqual(batch["ids"][b].tolist(), wanted)
            self.assertEqual(batch["history_mask"][b].tolist(), [1.0] * len(latest) + [0.0] * (3 - len(latest)))
            self.assertEqual(batch["own_mask"][b].tolist(), [1.0] * len(own) + [0.0] * (2 - len(own)))

    def test_csv_says_the_same(self) -> None:
        dataset = read_dataset(made.manifest(), made.write(self.place).parent / "rows.npz")
        history = dataset.history
        lines = ["scenario,label,split,user,item,hour,history_item,history_scenario"]
        for row in range(dataset.rows):
            have = int(history.lengths[row])
            lists = [" ".join(str(v) for v in values[row, :have].tolist()) for values in (history.ids[..., 0], history.scenario)]
            flat = [dataset.scenario[row], dataset.label[row], dataset.split[row], *(column[row] for column in dataset.columns[:3])]
            lines.append(",".join([*(str(int(v)) for v in flat), *lists]))
        path = self.place / "rows.csv"
        path.write_text("\n".join(lines))
        found = read_dataset(made.manifest(), path)
        rows = np.arange(0, dataset.rows, 7)
        for name, values in dataset.batch(rows, self.layout()).items():
            np.testing.assert_array_equal(found.batch(rows, self.layout())[name], values, name)

    def test_bad_rows_get_one_sentence(self) -> None:
        made.write(self.place)
        bad = self.place / "bad.csv"
        head = "scenario,label,split,user,item,hour,history_item,history_scenario"
        cases = {
            "": "The rows have no column",
            "scenario,label\n0,1": "The rows have no column",
            f"{head}\n0,1,0,99,1,1,,": "ids outside 0 … 29",
            f"{head}\n7,1,0,9,1,1,,": "numbers outside 0 … 2",
            f"{head}\n0,2,0,9,1,1,,": "neither 0 nor 1",
            f"{head}\n0,1,0,nine,1,1,,": "holds “nine”, which is no number",
            f"{head}\n0,1,0,9": "Row 1 of the CSV file has 4 cells and its head 8",
            f"{head}\n0,1,0,9,1,1,3 4,1": "not as long as “history_item” in every row",
            f"{head}\n0,1,0,9,1,1,99,1": "Histories have ids of “item” outside 0 … 19",
            f"{head}\n0,1,0,9,1,1,,\n0,1,0,9,1,1,,": "has 2 rows and the manifest tells of 1",
        }
        for text, sentence in cases.items():
            bad.write_text(text)
            with self.assertRaisesRegex(ValueError, sentence):
                read_dataset(made.manifest(1), bad)
        with self.assertRaisesRegex(ValueError, "neither npz nor CSV nor Parquet"):
            (self.place / "rows.xls").write_text("")
            read_dataset(made.manifest(), self.place / "rows.xls")
        with self.assertRaisesRegex(ValueError, "no time column"):
            resplit(read_dataset(made.manifest(), self.place / "rows.npz"), "aread")

    def test_damaged_npz_gets_one_sentence(self) -> None:
        made.write(self.place)
        whole, good = (self.place / "rows.npz").read_bytes(), made.arrays()
        bad = self.place / "bad.npz"
        for data in (b"", b"hello", whole[:3000]):
            bad.write_bytes(data)
            with self.assertRaisesRegex(ValueError, r"^bad.npz is no npz file that can be read, or is cut off"):
                read_dataset(made.manifest(), bad)
        cases: list[tuple[dict, str]] = [
            ({"label": None}, "no array “label”"),
            ({"field.1": good["field.1"][:7]}, "“item” of bad.npz does not have one value a row"),
            ({"history.ids": good["history.ids"][:7]}, "Histories in bad.npz are not as long"),
            ({"label": good["label"] * np.nan}, "neither 0 nor 1"),
            ({"split": good["split"] + 5}, "outside 0 … 2"),
        ]
        for change, sentence in cases:
            np.savez(bad, **{name: values for name, values in {**good, **change}.items() if values is not None})
            with self.assertRaisesRegex(ValueError, sentence):
                read_dataset(made.manifest(), bad)

    def test_parquet_says_the_same_or_what_it_needs(self) -> None:
        dataset = read_dataset(made.manifest(), made.write(self.place).parent / "rows.npz")
        path = self.place / "rows.parquet"
        path.write_bytes(b"PAR1")
        try:
            import pyarrow
            import pyarrow.parquet as parquet
        except ImportError:
            with self.assertRaisesRegex(ValueError, "^Reading Parquet needs pyarrow: install it"):
                read_dataset(made.manifest(), path)
            return
        with self.assertRaisesRegex(ValueError, "^rows.parquet is no Parquet file that can be read"):
            read_dataset(made.manifest(), path)
        history = dataset.history
        flat = {"scenario": dataset.scenario, "label": dataset.label.astype(np.uint8), "split": dataset.split}
        flat.update(zip(("user", "item", "hour"), dataset.columns))
        lists = [
            pyarrow.array([values[row, : history.lengths[row]].tolist() for row in range(dataset.rows)], pyarrow.list_(pyarrow.int32()))
            for values in (history.ids[..., 0], history.scenario)
        ]
        table = pyarrow.table({**flat, "history_item": lists[0], "history_scenario": lists[1]})
        # Several groups of rows, so that columns come in chunks.
        parquet.write_table(table, path, row_group_size=500)
        found = read_dataset(made.manifest(), path)
        rows = np.arange(0, dataset.rows, 7)
        for name, values in dataset.batch(rows, self.layout()).items():
            np.testing.assert_array_equal(found.batch(rows, self.layout())[name], values, name)

    def test_a_damaged_manifest_is_named_by_what_is_wrong(self) -> None:
        def without(name: str) -> dict:
            return {key: value for key, value in made.manifest().items() if key != name}

        cases = [(without(name), name) for name in ("id", "title", "rows", "fields", "scenarios", "vocabularySize", "fingerprint", "history")]
        shifted = made.manifest()
        shifted["fields"][1]["offset"] = 10**6
        for manifest, part in [*cases, (shifted, "fields"), ({**made.manifest(), "fields": ["user"]}, "fields")]:
            with self.assertRaisesRegex(ValueError, rf"^The manifest x is damaged in “{part}”; .*\.$"):
                check_manifest(manifest, "x")


class Bundles(Folder):
    def zipped(self, **files: str) -> Path:
        path = self.place / "run.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in files.items():
                archive.writestr(name.replace("__", "/").replace("_json", ".json"), text)
        return path

    def test_one_sentence_for_each_bad_zip(self) -> None:
        (self.place / "no.zip").write_bytes(b"no zip")
        whole = self.zipped(settings_json=json.dumps({"format": FORMAT})).read_bytes()
        (self.place / "cut.zip").write_bytes(whole[:30])
        cases = {
            self.place / "absent.zip": "There is no",
            self.place / "no.zip": "is no zip",
            self.place / "cut.zip": "is a damaged zip",
            self.zipped(other="x"): "holds no settings.json",
        }
        for path, sentence in cases.items():
            code, text = self.said("resume", path)
            self.assertEqual(code, 1)
            self.assertIn(sentence, text)
            self.assertEqual(text.count("\n"), 0)
        for files, sentence in (
            ({"settings_json": "{"}, "is not JSON"),
            ({"settings_json": '{"format": "scenarium-onward/9"}'}, "this package reads “scenarium-onward/1”"),
            ({"settings_json": json.dumps({"format": FORMAT})}, "holds no data/manifest.json"),
            ({"settings_json": json.dumps({"format": FORMAT}), "data__manifest_json": "{}"}, "is no dataset manifest"),
        ):
            code, text = self.said("evaluate", self.zipped(**files))
            self.assertEqual((code, text.count("\n")), (1, 0))
            self.assertIn(sentence, text)

    def test_a_zip_cannot_write_outside_its_folder(self) -> None:
        path = self.place / "run.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("../outside.txt", "x")
        code, text = self.said("resume", path)
        self.assertEqual(code, 1)
        self.assertIn("outside its folder", text)
        self.assertFalse((self.place.parent / "outside.txt").exists())

    def test_missing_rows_are_named(self) -> None:
        settings = {"format": FORMAT, "model": "mix", "settings": {}, "training": {}, "seed": 1, "holds": {"checkpoint": False}}
        path = self.zipped(settings_json=json.dumps(settings), data__manifest_json=json.dumps(made.manifest()))
        code, text = self.said("resume", path)
        self.assertEqual(code, 1)
        self.assertIn("are not in the bundle", text)


class Training(Folder):
    def test_a_run_is_broken_off_and_goes_on_to_the_same_end(self) -> None:
        manifest = made.write(self.place)
        common = ["--manifest", manifest, "--set", "batch=64", "--set", "evaluateEvery=5", "--set", "hidden=[8]", "--set", "evaluationRows=50"]
        for out, steps in (("whole", (20,)), ("parts", (10, 20))):
            for last in steps:
                code, text = self.said("train", "--model", "mix", *common, "--steps", last, "--out", self.place / out)
                self.assertEqual(code, 0, text)
        whole, parts = (json.loads((self.place / out / "run.json").read_text()) for out in ("whole", "parts"))
        self.assertEqual(whole["final"], parts["final"])
        self.assertEqual(whole["losses"], parts["losses"])
        self.assertIn("AUC", text)

    def test_unknown_names_get_one_sentence(self) -> None:
        manifest = made.write(self.place)
        for words, sentence in (
            (["--model", "nobody"], "There is no model “nobody”"),
            (["--model", "mix", "--set", "wings=2"], "mix has no setting “wings”"),
            (["--model", "mix", "--set", "wings"], "is no NAME=VALUE"),
            (["--model", "mix", "--set", "hidden=wide"], '“hidden” of mix cannot be "wide"'),
            (["--model", "mix", "--set", "embeddingDim=-4"], "“embeddingDim” must be at least"),
            (["--model", "mix", "--set", "batch=0"], "“batch” must be at least 8"),
            (["--model", "mix", "--set", "batch=64.5"], "“batch” must be a whole number"),
            (["--model", "mix", "--set", "learningRate=0"], "“learningRate” must be at least 1e-06"),
            (["--model", "mix", "--set", "dropout=1"], "“dropout” must lie between 0 and 0.9"),
            (["--model", "mix", "--set", "stopMetric=luck"], "“stopMetric” must be one of none, domainAuc"),
            (["--model", "mix", "--set", "history=sometimes"], "“history” must be one of"),
            (["--model", "mix", "--set", "batch=many"], "“batch” of Training cannot be"),
            (["--model", "mix", "--save-every", "0"], "--save-every must be at least 1"),
            (["--model", "mmoe", "--set", "clusters=2"], "sorts scenarios into clusters first, which only the lab does"),
            (["--model", "mamdr", "--set", "base=single"], "“base” must be one of mix, wide-deep"),
            ([], "Name a model"),
        ):
            code, text = self.said("train", "--manifest", manifest, *words)
            self.assertEqual((code, text.count("\n")), (1, 0), text)
            self.assertIn(sentence, text)

    def test_a_sparse_table_learns_too(self) -> None:
        manifest = made.write(self.place)
        words = ["--manifest", manifest, "--set", "batch=64", "--set", "hidden=[8]", "--steps", 30, "--table", "sparse"]
        code, text = self.said("train", "--model", "mix", *words, "--out", self.place / "sparse")
        self.assertEqual(code, 0, text)
        losses = [point["terms"]["click"] for point in json.loads((self.place / "sparse" / "run.json").read_text())["losses"]]
        self.assertLess(losses[-1], losses[0])


class Small(unittest.TestCase):
    def test_metrics_by_their_definition(self) -> None:
        draw = np.random.default_rng(1)
        score, label = np.round(draw.random(60), 1), draw.integers(0, 2, 60)
        weight = draw.random(60)
        pairs = [
            (weight[i] * weight[j], (score[i] > score[j]) + 0.5 * (score[i] == score[j]))
            for i in range(60)
            for j in range(60)
            if label[i] == 1 and label[j] == 0
        ]
        wanted = sum(w * v for w, v in pairs) / sum(w for w, _ in pairs)
        self.assertAlmostEqual(auc(score, label, weight), wanted, places=12)
        self.assertIsNone(auc(score, np.ones(60), weight))
        self.assertIsNone(auc(np.full(60, np.nan), label, weight))
        self.assertIsNone(log_loss(score[:0], label[:0], weight[:0]))
        self.assertEqual(weighted_mean([1.0, None, 3.0], [1, 5, 1]), 2.0)
        self.assertIsNone(weighted_mean([None], [1]))

    def test_a_thinned_history_keeps_first_and_newest(self) -> None:
        history = Thinned([], 0, 1)
        for step in range(1, 1001):
            history.add({"step": step}, 10)
            self.assertLessEqual(len(history.points), 10)
            self.assertEqual((history.points[0]["step"], history.points[-1]["step"]), (1, step))
        history.without_later(500)
        self.assertLessEqual(history.points[-1]["step"], 500)
        self.assertEqual((history.seen - 1) % history.stride, 0)


if __name__ == "__main__":
    unittest.main()
