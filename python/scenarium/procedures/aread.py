"""Training of AREAD (Algorithm 1): warm up without masks, search masks, then ordinary steps under them with a new search every so many.

A search starts from one state Θ⁽⁰⁾: every scenario trains candidate masks for a few quick steps each, pruning after every step, and takes
the one that predicts best on its own training rows; then everything but the masks is as it was. Every random decision depends on
(seed, search, scenario, candidate, step) alone. A search that was broken off in the lab goes on at the scenario where it stood.
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from .. import counter
from ..checkpoint import Arrays, Position
from ..models.aread import transitions
from ..record import probe_value
from ..steps import HostBatch, Optimiser
from ..trainer import Trainer
from .augment import augment
from .base import Procedure
from .masks import MaskLayout


def draw_places(seed: int, stream: str, size: int, count: int) -> np.ndarray:
    """`count` places out of `size`: without replacement where there are enough, else with."""
    if size < count:
        return np.floor(counter.uniform(seed, stream, count).astype(float) * size).astype(np.int64)
    chosen = counter.hash3(np.arange(count), counter.stream_seed(seed, stream), 7) / 0x100000000
    moved: dict[int, int] = {}
    out = np.zeros(count, np.int64)
    for i in range(count):
        j = i + math.floor(chosen[i] * (size - i))
        out[i] = moved.get(j, j)
        moved[j] = moved.get(i, i)
    return out


class Aread(Procedure):
    def __init__(self, trainer: Trainer, position: Position) -> None:
        super().__init__(trainer, position)
        self.layout = MaskLayout(transitions(trainer.settings))
        given = position.state if isinstance(position.state, dict) else {}
        self.searches = int(given.get("searches", 0))
        self.left_off = position if given.get("scenario") is not None else None
        self.seed = counter.stream_seed(trainer.seed, "aread search")
        self._rows()
        found = [i for i, f in enumerate(trainer.dataset.fields) if f.role == "scenario" and f.size == trainer.dataset.scenarios + 1]
        if not found:
            raise ValueError("AREAD reads the scenario as a field; give the scenario column that role.")
        self.field = found[0]

    def _rows(self) -> None:
        """A_d of every scenario: its training rows, then those that were added."""
        trainer, dataset = self.trainer, self.trainer.dataset
        rows = trainer.training_rows
        source, target = augment(dataset, rows, trainer.settings, trainer.seed) if trainer.settings["aug"] else (rows[:0], rows[:0])
        n = dataset.scenarios
        # From which scenario to which rows were copied; shown where the run begins or goes on, as the lab does.
        pairs = np.bincount(dataset.scenario[source] * n + target, minlength=n * n) if len(source) else np.zeros(n * n)
        self.copied = pairs.reshape(n, n).astype(float)
        self.own = [rows[dataset.scenario[rows] == d] for d in range(dataset.scenarios)]
        self.rows = [np.concatenate([own, source[target == d]]) for d, own in enumerate(self.own)]

    def run(self) -> None:
        if self.trainer.settings["aug"]:
            self.trainer.keeper.probes(self.trainer.step, [probe_value("augmentation", self.copied, np.ones(()))])
        super().run()

    def position(self) -> Position:
        return Position({"searches": self.searches, "scenario": None}, {})

    def before_step(self) -> None:
        s = self.trainer.settings
        while (s["numSearches"] == 0 or self.searches < s["numSearches"]) and self.trainer.step >= s["warmup"] + self.searches * s["maskInterval"]:
            self._search()
            self.searches += 1
            if self.trainer.stopping:
                return

    def after_step(self) -> bool:
        """Weights count once masks acted in a step; before the last search the masks are not yet what the schedule makes of them."""
        trainer, s = self.trainer, self.trainer.settings
        room = max(0, math.ceil((trainer.training["steps"] - s["warmup"]) / s["maskInterval"]))
        planned = room if s["numSearches"] == 0 else min(room, s["numSearches"])
        acted = self.searches > 0 and trainer.step > s["warmup"]
        return trainer.after_step(may_be_best=planned == 0 or acted, may_end=self.searches >= planned)

    # States

    def _write_mask(self, d: int, mask: np.ndarray) -> None:
        for k, part in enumerate(self.layout.split(mask.astype(np.float32))):
            self.trainer.model[f"mask.{k + 2}"][d] = torch.from_numpy(part.copy()).to(self.trainer.world.device)

    def _present(self) -> np.ndarray:
        model, n = self.trainer.model, self.trainer.dataset.scenarios
        parts = [model[f"mask.{k + 2}"].reshape(n, -1) for k in range(len(self.layout.transitions))]
        return torch.cat(parts, 1).cpu().numpy()

    def _batch(self, d: int, rows: np.ndarray, own: int, stream: str) -> HostBatch:
        """Rows from elsewhere get the scenario's own id in their scenario field, and the label 1."""
        trainer = self.trainer
        places = draw_places(self.seed, stream, len(rows), trainer.settings["trialRows"] or trainer.training["batch"])
        batch = trainer.read_batch(rows[places])
        added = places >= own
        batch["scenario"][added], batch["label"][added] = d, 1
        batch["ids"][added, self.field] = trainer.dataset.fields[self.field].offset + d + 1
        return batch

    # The search

    def _begin(self) -> dict[str, Any]:
        """Masks come into force; mean gates since the last search are taken, a scenario without rows gets the mean over all."""
        model = self.trainer.model
        sums, counts = model.gateSum.cpu().numpy().astype(float), model.gateCount.cpu().numpy().astype(float)
        overall = sums.sum(0) / max(1.0, counts.sum())
        gates = np.where(counts > 0, sums / np.maximum(counts, 1), overall).astype(np.float32)
        model.maskPhase.fill_(1.0)
        model.gateSum.zero_()
        model.gateCount.zero_()
        n, s = self.trainer.dataset.scenarios, self.trainer.settings
        return {
            "theta": self.trainer.weights(),
            "scenario": 0,
            "gates": gates,
            "masks": self._present(),
            "scores": np.full((n, s["numCandidates"]), -1, np.float32),
            "chosen": np.full(n, -1, np.float32),
            "density": np.zeros((n, s["trialSteps"] + 1), np.float32),
        }

    def _continued(self, position: Position) -> dict[str, Any]:
        """A search that the lab broke off, from the scenario where it stood."""
        arrays: Arrays = position.arrays
        n = self.trainer.dataset.scenarios
        theta = {}
        for name, value in self.trainer.model.state_dict().items():
            if f"theta.{name}" not in arrays:
                raise ValueError(f"The saved mask search lacks “{name}”; start the run anew.")
            theta[name] = torch.from_numpy(arrays[f"theta.{name}"].copy()).to(value).view_as(value)
        kept = {name: arrays[name].reshape(n, -1).copy() for name in ("gates", "masks", "scores", "density")}
        return {"theta": theta, "scenario": int(position.state["scenario"]), "chosen": arrays["chosen"].copy(), **kept}

    @torch.no_grad()
    def _search(self) -> None:
        trainer, s = self.trainer, self.trainer.settings
        trainer.say(f"Mask search {self.searches + 1}.")
        found = self._begin() if self.left_off is None else self._continued(self.left_off)
        self.left_off = None
        candidates, density, sigma = s["numCandidates"], s["initialDensity"], s["sigma"]
        if s["anneal"]:
            density = max(min(s["targetDensity"], density), density * 0.95**self.searches)
            sigma = sigma * 0.99**self.searches
            candidates = max(1, math.floor(candidates * 0.99**self.searches + 1e-9))
        for d in range(found["scenario"], trainer.dataset.scenarios):
            if len(self.own[d]) > 0:
                self._search_scenario(d, found, candidates, density, sigma)
        trainer.restore(found["theta"])
        for d, mask in enumerate(found["masks"]):
            self._write_mask(d, mask)
        self._tell(found)

    def _search_scenario(self, d: int, found: dict[str, Any], candidates: int, density: float, sigma: float) -> None:
        s, best = self.trainer.settings, None
        scale = self.layout.scale(s["gateScale"])
        present = found["masks"][d] > 0
        for z in range(candidates):
            stream = f"search {self.searches} scenario {d} candidate {z}"
            chance = min(1.0, abs(float(counter.normal(self.seed, f"{stream} deviate", 1, 0.0, sigma)[0])))
            flips = counter.uniform(self.seed, f"{stream} flips", self.layout.edges)
            start = self.layout.start(found["gates"][d] * scale, density, chance, flips, present if s["initUnion"] else None)
            mask, densities, score = self._try(d, z, start, scale, found["theta"])
            if not math.isfinite(score):
                continue
            found["scores"][d, z] = score
            if best is None or score < best[0]:
                best = (score, z, mask, densities)
        if best is not None:
            found["chosen"][d], found["masks"][d], found["density"][d] = best[1], best[2], best[3]

    def _try(self, d: int, z: int, start: np.ndarray, scale: np.ndarray, theta: dict[str, torch.Tensor]) -> tuple[np.ndarray, list[float], float]:
        """A candidate trained and pruned for a few quick steps, then scored: mask, densities, score."""
        trainer, s = self.trainer, self.trainer.settings
        trainer.restore(theta)
        adam = Optimiser(trainer.model, trainer.steps.table, s["lrUpdate"])
        adam.set_trainable(trainer.adam.trainable)
        mask, densities = start, [float(start.mean())]
        dropout = counter.stream_seed(trainer.seed, "trial dropout")
        for k in range(s["trialSteps"]):
            self._write_mask(d, mask)
            batch = self._batch(d, self.rows[d], len(self.own[d]), f"search {self.searches} scenario {d} candidate {z} step {k}")
            if s["search"] == "frozen":
                inputs, out = trainer.steps.with_batch_statistics(batch)
                gates = (out["gates"] * inputs.weight).sum(0) / inputs.weight.sum().clamp(min=1)
            else:
                trainer.model.gateSum.zero_()
                trainer.model.gateCount.zero_()
                number = ((self.searches * len(self.rows) + d) * s["numCandidates"] + z) * s["trialSteps"] + k
                with torch.enable_grad():
                    trainer.steps.train(batch, adam, dropout, number, len(batch["label"]))
                gates = trainer.model.gateSum[d] / trainer.model.gateCount[d].clamp(min=1)
            mask = self.layout.pruned(mask, gates.cpu().numpy() * scale, s["pruneRate"], s["targetDensity"])
            densities.append(float(mask.mean()))
        self._write_mask(d, mask)
        score = 0.0
        for b in range(s["evalSteps"]):
            # The same batches for every candidate, so that they are compared and not their batches.
            batch = self._batch(d, self.own[d], len(self.own[d]), f"search {self.searches} scenario {d} score {b}")
            inputs, out = trainer.steps.with_batch_statistics(batch)
            p, y = trainer.model.scores(out, inputs).probability, inputs.label
            rows = -(y * torch.log(p + 1e-7) + (1 - y) * torch.log(1 + 1e-7 - p))
            score += float(inputs.mean(rows)) / s["evalSteps"]
        return mask, densities, score

    def _tell(self, found: dict[str, Any]) -> None:
        """Scores, choices and densities as the lab draws them; undefined where no candidate was tried or chosen."""
        scores, chosen = found["scores"].astype(float), found["chosen"]
        tried = (scores >= 0).astype(float)
        picked = (np.arange(scores.shape[1])[None] == chosen[:, None]).astype(float)
        known = np.broadcast_to((chosen >= 0).astype(float)[:, None], found["density"].shape)
        values = [
            ("candidateScores", scores * tried, tried),
            ("chosenCandidate", picked * tried, tried),
            ("maskDensity", found["density"] * known, known),
        ]
        self.trainer.keeper.probes(self.trainer.step, [probe_value(name, np.asarray(v, float), np.asarray(c, float)) for name, v, c in values])
