"""MAMDR over each of its bases: rounds against their reference in plain PyTorch (tests/reference/mamdr), and what serves is what trained."""
from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

import numpy as np
import torch

from scenarium.batches import Layout, assemble
from scenarium.data import read_dataset
from scenarium.layers import Inputs, Pass
from scenarium.models import build
from scenarium.models.mamdr import Mamdr
from scenarium.parallel import World
from scenarium.procedures.mamdr import Weights, actions_of, training_ids
from scenarium.run import Run, checked_setup
from scenarium.shape import DataShape
from tests import made
from tests.fixtures import REFERENCES, tensor

#: Fixtures hold nine digits.
TOLERANCE = 1e-6
BASES = ("mix", "wide-deep", "deepfm", "pnn", "dcn", "shared-bottom", "mmoe")


class Scripted:
    """A fixture's network with its weights, in float64."""

    def __init__(self, script: dict[str, Any]) -> None:
        settings = {name: value for name, value in script["settings"].items() if name != "batchNorm"}
        self.shape = DataShape.of(script["shape"])
        self.n, self.batches = self.shape.scenarios, script["batches"]
        model = build("mamdr", self.shape, {**settings, "base": script["base"]}).to(torch.get_default_dtype())
        assert isinstance(model, Mamdr)
        self.model, self.parameters = model, dict(model.named_parameters())
        with torch.no_grad():
            for name, value in script["parameters"].items():
                self.parameters[name].copy_(tensor(value))
                model[f"shared.{name}"].copy_(tensor(value))
                model.served_by(name).copy_(tensor(value).view(-1))
            self.rows().copy_(tensor(script["table"])[:, None])
        self.weights = Weights(model)

    def rows(self) -> torch.Tensor:
        """The table `[V, N + 2, d]`."""
        return self.model.embedding.detach().view(-1, self.n + 2, self.model.embedding.shape[1])

    def inputs(self, batch: dict[str, Any], training: bool) -> Inputs:
        layout = Layout.of({**batch["layout"], "ownTables": self.n + 2})
        scenario, ids = np.asarray(batch["scenario"]), np.asarray(batch["ids"]).reshape(-1, layout.width)
        served = np.where(ids == 0, 0, ids * (self.n + 2) + scenario[:, None])
        rows = torch.from_numpy(training_ids(served, scenario, self.n) if training else served)
        label, weight = (torch.tensor(batch[name], dtype=torch.get_default_dtype())[:, None] for name in ("label", "weight"))
        gathered = torch.nn.functional.embedding(rows, self.model.embedding, padding_idx=0)
        return assemble(layout, gathered, scenario=torch.from_numpy(scenario), scenarios=self.n, label=label, weight=weight, run=Pass(training))


class Rounds(unittest.TestCase):
    def setUp(self) -> None:
        torch.set_default_dtype(torch.float64)
        self.addCleanup(torch.set_default_dtype, torch.float32)

    def close(self, what: str, got: torch.Tensor, wanted: torch.Tensor, fragile: list[int]) -> None:
        apart = (got.reshape(-1) - wanted.reshape(-1)).abs() / max(1.0, float(wanted.abs().max()))
        # Where a gradient is near zero, rounding decides the direction of Adam's step.
        apart[fragile] = 0
        self.assertLess(float(apart.max()), TOLERANCE, what)

    def replay(self, script: dict[str, Any], case: dict[str, Any]) -> None:
        scripted = Scripted(script)
        model, weights = scripted.model, scripted.weights
        # The table's gradients are zero but for rows that train, whose moments are all that Adam has.
        kind = torch.optim.Adam if case["inner"] == "adam" else torch.optim.SGD
        optimiser = kind(model.parameters(), lr=case["innerRate"])
        taken = [0] * scripted.n
        fragile = case["fragile"]
        for number, (given, after) in enumerate(zip(case["rounds"], case["after"])):
            losses = []
            helpers = given["helpers"] if case["regularisation"] else [[]] * scripted.n
            for action, of in actions_of(given["order"], helpers, lambda n: len(scripted.batches[n])):
                if action == "load":
                    weights.load(of)
                elif action == "moveShared":
                    weights.move_shared(case["outerRate"])
                elif action == "moveOwn":
                    weights.move_own(of, case["helperRate"])
                else:
                    visits = scripted.batches[of]
                    inputs = scripted.inputs(visits[taken[of] % len(visits)], training=True)
                    taken[of] += 1
                    loss = model.losses(model(inputs), inputs)["total"]
                    optimiser.zero_grad()
                    loss.backward()
                    optimiser.step()
                    losses.append(loss.detach())
            self.close(f"losses of round {number}", torch.stack(losses), torch.tensor(after["losses"]), [])
            for name, value in after["shared"]["parameters"].items():
                shared, near = tensor(value), fragile.get(name, [])
                self.close(f"shared {name}, round {number}", model[f"shared.{name}"], shared, near)
                for n, own in enumerate(after["own"]):
                    self.close(f"served {name} of {n}, round {number}", model.served_by(name)[n], shared + tensor(own["parameters"][name]), near)
            table, near = tensor(after["shared"]["table"]), fragile.get("embedding", [])
            self.close(f"shared table, round {number}", scripted.rows()[:, scripted.n + 1], table, near)
            for n, own in enumerate(after["own"]):
                self.close(f"table of {n}, round {number}", scripted.rows()[:, n], table + tensor(own["table"]), near)
        for n, wanted in enumerate(case["logits"]):
            found = model(scripted.inputs(scripted.batches[n][0], training=False))["logit"]
            self.close(f"logits of {n}", found.detach(), tensor(wanted), [])

    def test_every_script(self) -> None:
        scripts = sorted((REFERENCES / "mamdr" / "fixtures").glob("rounds*.json"))
        self.assertEqual([path.stem for path in scripts], ["rounds-mmoe", "rounds-shared-bottom", "rounds"])
        for path in scripts:
            script = json.loads(Path(path).read_text())
            for case in script["cases"]:
                with self.subTest(f"{script['base']}, {case['name']}"):
                    self.replay(script, case)


class Bases(unittest.TestCase):
    def trained(self, base: str, place: Path) -> Run:
        manifest, rows = made.manifest(), made.write(place).parent / "rows.npz"
        training = {"steps": 24, "batch": 32, "evaluateEvery": 12, "evaluationRows": 50, "stopMetric": "none"}
        settings = {"base": base, "hidden": [6, 4], "embeddingDim": 4, "dropout": 0.0, "visit": 1, "history": "attention", "historyLength": 3}
        setup = {"model": "mamdr", "settings": settings, "training": training, "dataset": "made", "seed": 2, "backend": "wasm"}
        run = Run(checked_setup(setup), read_dataset(manifest, rows), World(), lambda _: None)
        run.train()
        return run

    def test_every_scenario_is_served_by_what_it_trained(self) -> None:
        for base in BASES:
            with self.subTest(base), tempfile.TemporaryDirectory() as place:
                trainer = self.trained(base, Path(place)).trainer
                model, n = trainer.model, made.SCENARIOS
                assert isinstance(model, Mamdr)
                # Another kind of numbers makes every tensor anew: none may stay behind.
                model.double()
                weights = Weights(model)
                trainer.steps.table.weight = model.embedding
                for scenario in range(n):
                    rows = trainer.training_rows[trainer.dataset.scenario[trainer.training_rows] == scenario][:16]
                    batch = {
                        name: np.asarray(values, np.float64) if values.dtype == np.float32 else values
                        for name, values in trainer.read_batch(rows).items()
                    }
                    inputs, out = trainer.steps.evaluated(batch)
                    self.assertIn("historyAttention", model.all_probes(out, inputs))
                    moved = {**batch, "ids": training_ids(batch["ids"], batch["scenario"], n)}
                    logits = []
                    for source in (scenario, "shared"):
                        weights.load(source)
                        with torch.no_grad():
                            trains, _ = trainer.steps.module.inputs(trainer.steps.tensors(moved, shared=False), Pass(training=True))
                            logits.append(model(trains)["logit"])
                    self.assertLess(float((out["logit"] - logits[0]).abs().max()), 1e-9)
                    # It has learned something of its own: otherwise the shared weights would do as well.
                    self.assertGreater(float((out["logit"] - logits[1]).abs().max()), 1e-5)

    def test_all_kinds_of_weights_start_alike(self) -> None:
        for base in BASES:
            with self.subTest(base):
                model = build("mamdr", DataShape.of(made_shape(3)), {"base": base, "hidden": [6, 4]}, seed=1)
                assert isinstance(model, Mamdr)
                for name in model.trained:
                    one = dict(model.named_parameters())[name].detach()
                    self.assertTrue(torch.equal(model[f"shared.{name}"], one), name)
                    self.assertTrue(torch.equal(model.served_by(name), one.view(-1).expand(3, -1)), name)
                table = model.embedding.detach().view(-1, 5, model.embedding.shape[1])
                self.assertTrue(torch.equal(table, table[:, :1].expand_as(table)))

    def test_too_many_towers_get_one_sentence(self) -> None:
        shape = DataShape.of(made_shape(65))
        with self.assertRaisesRegex(ValueError, r"^MAMDR over mmoe keeps 65 × 65 towers; .*\.$"):
            build("mamdr", shape, {"base": "mmoe"})


def made_shape(scenarios: int) -> dict[str, Any]:
    fields = [{key: value for key, value in one.items() if key != "meaning"} for one in made.manifest()["fields"]]
    each = range(scenarios)
    rates = {"clickRate": 0.3, "scenarioClickRate": [0.3 for _ in each], "scenarioRows": [10 for _ in each]}
    return {
        "batch": 8,
        "scenarios": scenarios,
        "scenarioIds": [f"s{n}" for n in each],
        "fields": fields,
        "vocabularySize": 60,
        "history": None,
        **rates,
    }


if __name__ == "__main__":
    unittest.main()
