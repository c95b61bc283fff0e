"""Training steps: forward, losses, backward and Adam with L2, as the lab takes them."""
from __future__ import annotations

from typing import Any, Dict

import numpy as np
import torch
from torch import Tensor, nn

from .batches import Layout, assemble
from .layers import Inputs, Pass, recipe_of
from .models import Model
from .parallel import World
from .table import Table

#: A batch as arrays (`Dataset.batch`), with `weight` and further columns by name.
HostBatch = Dict[str, np.ndarray]
_KNOWN = {"ids", "scenario", "label", "weight", "history_mask", "history_scenario", "own_mask"}


class Step(nn.Module):
    """One pass with its losses, as one module: DistributedDataParallel wraps it."""

    #: Holds a parameter of the model, so it is none of this module's parts.
    table: Table

    def __init__(self, model: Model, table: Table, layout: Layout) -> None:
        super().__init__()
        self.model, self.layout = model, layout
        object.__setattr__(self, "table", table)

    def inputs(self, batch: dict[str, Tensor], run: Pass) -> tuple[Inputs, Tensor]:
        gathered = self.table.gather(batch["ids"])
        inputs = assemble(
            self.layout,
            gathered,
            scenario=batch["scenario"],
            scenarios=self.model.shape.scenarios,
            label=batch["label"],
            weight=batch["weight"],
            history_mask=batch.get("history_mask"),
            history_scenario=batch.get("history_scenario"),
            own_mask=batch.get("own_mask"),
            extra={name: value for name, value in batch.items() if name not in _KNOWN},
            run=run,
        )
        return inputs, gathered

    def forward(self, batch: dict[str, Tensor], run: Pass, pull: float) -> tuple[Tensor, dict[str, Tensor]]:
        """What is differentiated, and the loss terms. `pull`: strength of L2 over the rows that this process gathered."""
        inputs, gathered = self.inputs(batch, run)
        losses = self.model.losses(self.model(inputs), inputs)
        total = losses["total"]
        # Padding rows are zero: they add nothing.
        return (total + pull * gathered.square().sum() if pull else total), {name: term.detach() for name, term in losses.items()}


class Optimiser:
    """Adam with moments and step counts by name. L2 pulls weights towards their centre, and the rows that a batch gathers to zero."""

    def __init__(self, model: Model, table: Table, learning_rate: float) -> None:
        self.named = dict(model.named_parameters())
        self.table, self.rate = table, learning_rate
        self.trainable: list[str] | None = None
        self.reset()

    def reset(self) -> None:
        others = [value for name, value in self.named.items() if name != "embedding"]
        self.optimisers = list(self.table.optimiser(self.rate, others))

    def set_trainable(self, names: list[str] | None) -> None:
        unknown = next((name for name in names or [] if name not in self.named), None)
        if unknown is not None:
            raise ValueError(f"No variable is named {unknown}.")
        self.trainable = names

    def zero(self) -> None:
        for parameter in self.named.values():
            parameter.grad = None

    @torch.no_grad()
    def step(self, l2: float) -> None:
        for name, parameter in self.named.items():
            if self.trainable is not None and name not in self.trainable:
                parameter.grad = None
                continue
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            recipe = recipe_of(parameter)
            if recipe.kind == "weight" and l2 > 0:
                parameter.grad.add_(parameter - recipe.centre if recipe.centre else parameter, alpha=2 * l2)
        for optimiser in self.optimisers:
            optimiser.step()

    def _state(self, name: str) -> dict[str, Any]:
        parameter = self.named[name]
        for optimiser in self.optimisers:
            if any(parameter is one for group in optimiser.param_groups for one in group["params"]):
                return optimiser.state[parameter]
        return {}

    def position(self) -> dict[str, np.ndarray]:
        """`adam.moments.<name>` (both, one after the other) and `adam.steps.<name>`."""
        out = {}
        for name, parameter in self.named.items():
            state = self._state(name)
            moments = [state.get(key, torch.zeros_like(parameter)).detach().cpu().numpy().reshape(-1) for key in ("exp_avg", "exp_avg_sq")]
            out[f"adam.steps.{name}"] = np.asarray([float(state.get("step", 0))], np.float32)
            out[f"adam.moments.{name}"] = np.concatenate(moments).astype(np.float32)
        return out

    def go_to(self, arrays: dict[str, np.ndarray]) -> None:
        for name, parameter in self.named.items():
            moments, steps = arrays.get(f"adam.moments.{name}"), arrays.get(f"adam.steps.{name}")
            if moments is None or steps is None or moments.size != 2 * parameter.numel():
                raise ValueError(f"The file has no moments of {name}; it belongs to another model or version.")
            state = self._state(name)
            state.clear()
            if steps[0] == 0 and not moments.any():
                continue
            sparse = name == "embedding" and self.table.sparse
            state["step"] = int(steps[0]) if sparse else torch.tensor(float(steps[0]))
            for key, values in zip(("exp_avg", "exp_avg_sq"), np.split(moments, 2)):
                state[key] = torch.from_numpy(values.copy()).to(parameter).view_as(parameter)


class Steps:
    """Takes steps on batches that all processes share."""

    def __init__(self, model: Model, layout: Layout, world: World, training: dict[str, Any], sparse: bool | None, counted: bool) -> None:
        self.model, self.world, self.training, self.counted = model, world, training, counted
        self.table = Table(model.embedding, sparse)
        self.module = Step(model, self.table, layout)
        self.parallel: nn.Module = self.module
        if world.size > 1:
            # A procedure may leave parts of a model out of a step.
            self.parallel = nn.parallel.DistributedDataParallel(self.module, broadcast_buffers=False, find_unused_parameters=True)

    def tensors(self, batch: HostBatch, shared: bool) -> dict[str, Tensor]:
        """This process's part of a batch (`shared`), or all of it."""
        rows = len(batch["label"])
        part = self.world.share(rows) if shared else slice(0, rows)
        own = {name: values[part] for name, values in batch.items()}
        if shared and self.world.size > 1 and len(own["label"]) == 0:
            # Every process takes part in every sum: one without rows has one that does not count.
            own = {name: values[:1] * (0 if name in ("ids", "weight") else 1) for name, values in batch.items()}
        return {name: torch.from_numpy(np.ascontiguousarray(values)).to(self.world.device) for name, values in own.items()}

    def pass_of(self, seed: int, step: int, whole: bool, **more: Any) -> Pass:
        counted = self.counted and self.world.size == 1
        return Pass(training=True, seed=seed, step=step, counted_masks=counted, total=self.world.total, whole=whole, **more)

    def train(self, batch: HostBatch, optimiser: Optimiser, seed: int, step: int, rows: int) -> dict[str, Tensor]:
        """One step; returns the loss terms of the whole batch. `rows`: of a full batch, by which L2 of the table's rows is divided."""
        size, l2 = self.world.size, self.training["l2"]
        whole = size == 1 and bool((batch["weight"] == 1).all())
        run = self.pass_of(seed, step, whole)
        optimiser.zero()
        # DistributedDataParallel takes the mean over processes of what is a sum over rows.
        total, terms = self.parallel(self.tensors(batch, shared=True), run, size * l2 / rows)
        total.backward()
        optimiser.step(l2)
        with torch.no_grad():
            run.write_records()
        return terms

    @torch.no_grad()
    def with_batch_statistics(self, batch: HostBatch) -> tuple[Inputs, dict[str, Tensor]]:
        """A pass normalised by the batch, without dropout; no state changes. Every process makes it of all rows."""
        whole = bool((batch["weight"] == 1).all())
        inputs, _ = self.module.inputs(self.tensors(batch, shared=False), Pass(training=True, scripted=[], quiet=True, whole=whole))
        return inputs, self.model(inputs)

    @torch.no_grad()
    def evaluated(self, batch: HostBatch) -> tuple[Inputs, dict[str, Tensor]]:
        inputs, _ = self.module.inputs(self.tensors(batch, shared=False), Pass())
        return inputs, self.model(inputs)
