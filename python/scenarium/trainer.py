"""One model, one dataset, one optimiser, one stream of batches: what a procedure works with."""
from __future__ import annotations

import time
from typing import Any, Callable, Dict, Tuple

import numpy as np
import torch

from . import counter
from .batches import Layout
from .checkpoint import Arrays, Position
from .data import TEST, TRAIN, VALIDATION, Dataset
from .metrics import EvaluatedRows, Metrics, auc, monitored
from .models import build
from .parallel import World
from .record import Keeper, Record, Say, probe_value
from .sampling import BatchOrder, evaluation_due, evaluation_sample, rows_of_each_scenario
from .steps import HostBatch, Optimiser, Steps

#: Sums, counts and, of deviations, sums of squares by the probe's name.
ProbeSums = Dict[str, Tuple[Any, ...]]

#: Seconds between two lines of progress.
SAY_EVERY = 10.0


class Trainer:
    """@raises ValueError with one sentence where set-up and data do not fit together"""

    def __init__(
        self,
        setup: dict[str, Any],
        dataset: Dataset,
        world: World,
        record: Record,
        say: Say,
        *,
        sparse: bool | None = None,
        counted_masks: bool = True,
        on_safe_point: Callable[["Trainer"], None] = lambda _trainer: None,
    ) -> None:
        self.setup, self.dataset, self.world, self.say = setup, dataset, world, say
        self.training: dict[str, Any] = setup["training"]
        self.settings: dict[str, Any] = setup["settings"]
        self.seed = counter.stream_seed(setup["seed"], "run")
        shape = dataset.shape(self.training["batch"])
        self.model = build(setup["model"], shape, self.settings, counter.stream_seed(self.seed, "weights")).to(world.device)
        needs = type(self.model).needs(shape, self.model.settings)
        self.columns = needs.extra
        self.layout = Layout.needed(shape, needs)
        self.training_rows = dataset.rows_of(TRAIN)
        self.order = BatchOrder(self.training_rows, self.training["batch"], counter.stream_seed(self.seed, "batches"))
        self.steps = Steps(self.model, self.layout, world, self.training, sparse, counted_masks)
        self.adam = Optimiser(self.model, self.steps.table, self.training["learningRate"])
        self.dropout_seed = counter.stream_seed(self.seed, "dropout")
        self.keeper, self.on_safe_point = Keeper(record), on_safe_point
        self.step = self.drawn = self.announced = self.evaluated = 0
        self.stopping = False
        self.best: dict[str, Any] = {"value": None, "step": 0, "since": 0}
        self.best_weights: dict[str, torch.Tensor] | None = None
        self._sums: dict[str, torch.Tensor] = {}
        self._summed = 0
        self._sets: dict[tuple[int, float], EvaluatedRows] = {}
        self._started, self._from, self._said = time.monotonic(), 0, 0.0
        self.curve_rows = rows_of_each_scenario(self.training["evaluationRows"], dataset.scenarios)
        metric = self.training["stopMetric"]
        self.stop_metric = "domainAuc" if metric == "noiseFreeAuc" and dataset.truth is None else metric

    # Batches

    def read_batch(self, rows: np.ndarray, extra: dict[str, np.ndarray] | None = None) -> HostBatch:
        """`extra`: columns of a procedure's own, one value a row of the dataset; 1 where it gives none."""
        batch = self.dataset.batch(rows, self.layout)
        batch["weight"] = np.ones((len(rows), 1), np.float32)
        for name in self.columns:
            given = (extra or {}).get(name)
            batch[name] = np.ones((len(rows), 1), np.float32) if given is None else given[rows].astype(np.float32)[:, None]
        return batch

    def next_rows(self) -> np.ndarray:
        rows = self.order.rows(self.drawn)
        self.drawn += 1
        return rows

    def next_batch(self) -> HostBatch:
        return self.read_batch(self.next_rows())

    # Steps

    def train(self, batch: HostBatch) -> None:
        terms = self.steps.train(batch, self.adam, self.dropout_seed, self.step, self.training["batch"])
        for name, value in terms.items():
            self._sums[name] = self._sums.get(name, torch.zeros_like(value)) + value
        self._summed += 1
        self.step += 1

    def after_step(self, may_be_best: bool = True, may_end: bool = True) -> bool:
        """Loss means, evaluation and early stopping where they are due. True when training should end.

        `may_be_best`: these weights may become the best. `may_end`: patience may end the run; until then it does not run out.
        """
        self.announced = self.step
        due = evaluation_due(self.step, self.training["evaluateEvery"], self.training["steps"])
        if due and self.evaluated < self.step:
            self._tell_losses()
            metrics = self.evaluate(VALIDATION, self.curve_rows, self.step)
            self.keeper.evaluation(self.step, metrics)
            if may_be_best:
                self._update_best(metrics)
            if not may_end:
                self.best = {**self.best, "since": 0}
            self.evaluated = self.step
            self._progress(metrics)
        else:
            self._progress(None)
        self.on_safe_point(self)
        return may_end and self.best["value"] is not None and self.best["since"] >= self.training["patience"]

    def _tell_losses(self) -> None:
        if self._summed == 0:
            return
        means = {name: float(value) / self._summed for name, value in self._sums.items()}
        broken = next((name for name, value in means.items() if not np.isfinite(value)), None)
        if broken is not None:
            raise ValueError(f"The loss “{broken}” is no longer a number by step {self.step}; try a smaller learning rate.")
        self.keeper.loss(self.step, means)
        self._sums, self._summed = {}, 0

    def _progress(self, metrics: Metrics | None) -> None:
        now = time.monotonic()
        if metrics is None and now - self._said < SAY_EVERY:
            return
        self._said = now
        taken, left = self.step - self._from, self.training["steps"] - self.step
        seconds = (now - self._started) / max(1, taken) * left
        remaining = f"; {_duration(seconds)} left" if taken > 0 else ""
        found = "" if metrics is None else f": AUC {_shown(metrics['domainAuc'])}, log loss {_shown(metrics['overall']['logLoss'])}"
        self.say(f"step {self.step} of {self.training['steps']}{found}{remaining}")

    def _update_best(self, metrics: Metrics) -> None:
        value = monitored(self.stop_metric, metrics)
        if value is None:
            return
        smoothed = {}
        if self.stop_metric == "domainAuc":
            # An AUC on some hundred drawn clicks jumps by more than it rises.
            before = self.best.get("smooth")
            value = value if before is None else before + 0.5 * (value - before)
            smoothed = {"smooth": value}
        if self.best["value"] is None or value > self.best["value"]:
            self.best = {"value": value, "step": self.step, "since": 0, **smoothed}
            self.best_weights = self.weights()
        else:
            self.best = {**self.best, "since": self.best["since"] + 1, **smoothed}

    def begin_phase(self) -> int:
        """What follows has a best and a patience of its own, and starts from the best weights. Returns their step."""
        step = self.restore_best()
        self.best, self.best_weights = {"value": None, "step": 0, "since": 0}, None
        return step

    def restore_best(self) -> int:
        if self.best_weights is None:
            return self.step
        self.restore(self.best_weights)
        return int(self.best["step"])

    def finish(self, reason: str) -> None:
        """Restores the best weights and computes the final test metrics."""
        best = self.restore_best()
        final = self.evaluate(TEST, float("inf"), self.step)
        ceilings = self._rows_of(TEST, float("inf")).ceilings()
        status = "stopped" if reason == "stopped" else "done"
        self.keeper.now(self.step, status, final=final, bestStep=best, doneReason=reason, ceilings=ceilings)

    # Weights

    def weights(self) -> dict[str, torch.Tensor]:
        """A copy of all parameters, states and the table."""
        return {name: value.detach().clone() for name, value in self.model.state_dict().items()}

    @torch.no_grad()
    def restore(self, weights: dict[str, torch.Tensor]) -> None:
        for name, value in self.model.state_dict().items():
            value.copy_(weights[name])

    def set_trainable(self, names: list[str] | None) -> None:
        self.adam.set_trainable(names)

    # Scores

    def _rows_of(self, split: int, per_scenario: float) -> EvaluatedRows:
        key = (split, per_scenario)
        if key not in self._sets:
            rows, weight = evaluation_sample(self.dataset, split, per_scenario)
            self._sets[key] = EvaluatedRows(self.dataset, rows, weight, self.model.shape.scenario_rows)
        return self._sets[key]

    def predict(self, rows: np.ndarray, probes: bool = False) -> tuple[dict[str, np.ndarray], ProbeSums]:
        """`score`, `probability` `[rows]` and further columns `[rows, k]`; with `probes`, their sums and counts. Processes share the rows."""
        part = rows[self.world.share(len(rows))]
        parts: list[dict[str, np.ndarray]] = []
        sums: ProbeSums = {}
        size = self.training["batch"]
        for start in range(0, max(1, len(part)), size):
            chosen = part[start : start + size]
            if len(chosen) == 0:
                break
            inputs, out = self.steps.evaluated(self.read_batch(chosen))
            with torch.no_grad():
                score, probability, columns = self.model.scores(out, inputs)
                found = self.model.all_probes(out, inputs) if probes else {}
            every = {"score": score, "probability": probability, **columns}
            parts.append({name: value.float().cpu().numpy() for name, value in every.items()})
            for name, parts_of in found.items():
                values = [value.double().cpu().numpy() for value in parts_of]
                known = sums.get(name)
                sums[name] = tuple(values) if known is None else tuple(a + b for a, b in zip(known, values))
        names = parts[0].keys() if parts else ("score", "probability")
        scored = {name: np.concatenate([one[name] for one in parts]) if parts else np.zeros((0, 1), np.float32) for name in names}
        scored = {name: self.world.gather(values) for name, values in scored.items()}
        return scored, self._summed_probes(sums)

    def _summed_probes(self, sums: ProbeSums) -> ProbeSums:
        if self.world.size == 1:
            return sums
        every = self.world.gather(np.asarray([sums], dtype=object))
        names = [name for one in every for name in one]
        return {name: tuple(sum(parts) for parts in zip(*(one[name] for one in every if name in one))) for name in dict.fromkeys(names)}

    def evaluate(self, split: int, per_scenario: float, step: int) -> Metrics:
        """Metrics of a split; keeps probes; on validation rows constants of inference are tuned."""
        rows = self._rows_of(split, per_scenario)
        scored, sums = self.predict(rows.rows, probes=True)
        score = scored["score"][:, 0]
        if split == VALIDATION and getattr(self.model, "tunes", False) and len(rows.rows) > 0:
            score = self.model.tune(scored, rows.label, rows.weight, lambda candidate: auc(candidate.astype(float), rows.label, rows.weight))
        self.keeper.probes(step, [probe_value(name, *parts) for name, parts in sums.items()])
        return rows.metrics(score, scored["probability"][:, 0])

    # Positions

    def position(self) -> Position:
        arrays: Arrays = {name: value.cpu().numpy() for name, value in self.weights().items()}
        arrays.update(self.adam.position())
        if self.best_weights is not None:
            arrays.update({f"best.{name}": value.cpu().numpy() for name, value in self.best_weights.items()})
        arrays["loss.sums"] = np.asarray([float(value) for value in self._sums.values()], np.float32)
        state = {
            "drawn": self.drawn,
            "step": self.step,
            "trainable": self.adam.trainable,
            "lossNames": list(self._sums),
            "lossSteps": self._summed,
            "best": self.best,
            "announced": self.announced,
            "evaluated": self.evaluated,
        }
        return Position(state, arrays)

    def _taken(self, arrays: Arrays, prefix: str = "") -> dict[str, torch.Tensor]:
        out = {}
        for name, value in self.model.state_dict().items():
            given = arrays.get(prefix + name)
            if given is None or given.size != value.numel():
                raise ValueError(f"The file has no values of “{name}” for this model; it belongs to another model, data or version.")
            out[name] = torch.from_numpy(given.copy()).to(value).view_as(value)
        return out

    def take(self, arrays: Arrays) -> None:
        """Starts from these weights and states; moments start at zero."""
        self.restore(self._taken(arrays))

    def go_to(self, position: Position) -> None:
        """@raises ValueError where the position belongs to another model or other data"""
        state, arrays = position.state, position.arrays
        self.restore(self._taken(arrays))
        self.adam.go_to(arrays)
        self.adam.set_trainable(state["trainable"])
        self.step, self.drawn = int(state["step"]), int(state["drawn"])
        self.announced, self.evaluated, self.best = state["announced"], state["evaluated"], state["best"]
        held = any(name.startswith("best.") for name in arrays)
        self.best_weights = self._taken(arrays, "best.") if held else None
        sums = arrays.get("loss.sums", np.zeros(0, np.float32))
        self._sums = {name: torch.tensor(float(value), device=self.world.device) for name, value in zip(state["lossNames"], sums)}
        self._summed = int(state["lossSteps"])
        self._from, self._started = self.step, time.monotonic()
        self.keeper.goes_on(self.step)


def _shown(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
