"""Every model against the row-by-row references: outputs, losses, every gradient, recorded states, scores."""
from __future__ import annotations

import unittest

import torch

from tests.fixtures import Fixture, fixture_paths, tensor

#: Fixtures hold nine digits.
TOLERANCE = 2e-7


class References(unittest.TestCase):
    def close(self, what: str, got: torch.Tensor, wanted: torch.Tensor, scale: float | None = None) -> None:
        self.assertEqual(got.numel(), wanted.numel(), what)
        size = max(1.0, float(wanted.abs().max()) if wanted.numel() else 0.0) if scale is None else scale
        error = float((got.reshape(wanted.shape) - wanted).abs().max()) / size if wanted.numel() else 0.0
        self.assertLess(error, TOLERANCE, what)

    def named(self, what: str, got: dict, wanted: dict) -> None:
        for name, value in wanted.items():
            self.assertIn(name, got, what)
            self.close(f"{what} {name}", got[name].detach(), tensor(value))

    def training(self, fixture: Fixture) -> None:
        model, train = fixture.model, fixture.given["train"]
        inputs = fixture.inputs(training=True)
        out = model(inputs)
        losses = model.losses(out, inputs)
        self.named("output", out, train["outputs"])
        self.assertEqual(set(losses) - {"total"}, set(train["terms"]))
        for name, value in {**train["terms"], "total": train["total"]}.items():
            self.close(f"loss {name}", losses[name].detach(), torch.tensor(value))
        losses["total"].backward()
        gradients = {name: p.grad for name, p in model.named_parameters() if name != "embedding"}
        wanted = {name: tensor(value) for name, value in train["gradients"].items()}
        size = max([1e-12, *(float(value.abs().max()) for value in wanted.values())])
        for name, gradient in gradients.items():
            found = torch.zeros_like(model.state_dict()[name]) if gradient is None else gradient
            self.close(f"gradient {name}", found, wanted.get(name, torch.zeros_like(found)), size)
        before = {id(state): name for name, state in model.named_buffers()}
        kept = {name: state.clone() for name, state in model.named_buffers()}
        recorded = [before[id(record.state)] for record in inputs.run.records]
        self.assertEqual(set(recorded), set(train["states"]))
        inputs.run.write_records()
        self.named("state", dict(model.named_buffers()), train["states"])
        for name, state in model.named_buffers():
            state.copy_(kept[name])

    def evaluation(self, fixture: Fixture) -> None:
        evaluate = fixture.given["evaluate"]
        inputs = fixture.inputs(training=False)
        with torch.no_grad():
            out = fixture.model(inputs)
            scores = fixture.model.scores(out, inputs)
            probes = fixture.model.all_probes(out, inputs)
        self.named("output", out, evaluate["outputs"])
        self.close("score", scores.score, tensor(evaluate["score"]))
        self.close("probability", scores.probability, tensor(evaluate["probability"]))
        self.named("column", scores.columns, evaluate["columns"])
        self.assertEqual(set(evaluate["probes"]) - set(probes), set())
        for name, (total, count, *squares) in probes.items():
            wanted = evaluate["probes"].get(name)
            if wanted is not None:
                self.close(f"probe {name}", total, tensor(wanted["sum"]))
                self.close(f"count of probe {name}", count, tensor(wanted["count"]))
                for one in squares:
                    self.close(f"squares of probe {name}", one, tensor(wanted["squares"]))

    def test_every_fixture(self) -> None:
        torch.set_default_dtype(torch.float64)
        self.addCleanup(torch.set_default_dtype, torch.float32)
        paths = fixture_paths()
        self.assertGreater(len(paths), 100)
        for path in paths:
            fixture = Fixture(path)
            with self.subTest(fixture.name):
                names = {name for name, _ in fixture.model.named_parameters()}
                self.assertEqual(names - {"embedding"}, set(fixture.given["parameters"]))
                kinds = {n: p.recipe.kind for n, p in fixture.model.named_parameters() if n != "embedding"}
                self.assertEqual(kinds, {n: p["kind"] for n, p in fixture.given["parameters"].items()})
                self.assertEqual({name for name, _ in fixture.model.named_buffers()}, set(fixture.given["states"]))
                self.training(fixture)
                self.evaluation(fixture)


if __name__ == "__main__":
    unittest.main()
