"""Shared parts of the reference implementations: data of a case, and the writer of fixtures (format: README.md).

A reference is plain PyTorch in float64, written from the paper. It declares its variables by the names that the
project documents, and three functions:

    forward(p, s, x, mode) -> dict of tensors, `logit` [B, 1] among them
    losses(out, x)         -> (total, {term: scalar})
    scores(out, x)         -> {'score': [B, 1], 'probability': [B, 1], optional 'columns': {name: [B, k]}}

with `p` the parameters and `s` the states by name, `x` an `Inputs`, and `mode` a `Mode`.
"""
import json
import math
import os

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


# --- data of a case ---------------------------------------------------------------------------------------------


def make_shape(rows=10, scenarios=3, history=0, seed=0):
    """A small `DataShape` (src/models/definition.ts) as plain JSON. `history` is the length offered, 0 for none."""
    rng = np.random.default_rng(seed)
    sizes = [
        ("user_id", "user", 9, False),
        ("user_age", "user", 4, False),
        ("item_id", "item", 11, False),
        ("item_category", "item", 5, False),
        ("hour", "context", 4, False),
        ("slot", "context", 4, True),
        ("scenario", "scenario", scenarios + 1, True),
    ]
    fields, offset = [], 1
    for name, role, size, specific in sizes:
        fields.append(dict(name=name, role=role, size=size, offset=offset, scenarioSpecific=specific))
        offset += size
    counts = [int(v) for v in rng.integers(50, 500, scenarios)]
    rates = [round(float(v), 3) for v in rng.uniform(0.1, 0.4, scenarios)]
    return dict(
        batch=rows,
        scenarios=scenarios,
        scenarioIds=[f"s{n}" for n in range(scenarios)],
        fields=fields,
        vocabularySize=offset,
        history=dict(length=history, itemFields=[2, 3]) if history else None,
        clickRate=round(float(np.average(rates, weights=counts)), 6),
        scenarioClickRate=rates,
        scenarioRows=counts,
    )


def make_batch(shape, seed=1, padding=2, history=0, history_scenario=False, own_history=0, extra=None, scenario=None):
    """One `HostBatch` (src/data/batches.ts) as plain JSON.

    The last `padding` rows are padding. `history` and `own_history` are the lengths that the model asks for. `extra`
    maps a column's name to (low, high) of its uniform values. `scenario` fixes the scenarios of the real rows.
    The first real row has an empty history, the second a full one.
    """
    rng = np.random.default_rng(seed)
    rows, fields, scenarios = shape["batch"], shape["fields"], shape["scenarios"]
    real = rows - padding
    item_fields = shape["history"]["itemFields"] if shape["history"] else []
    scenario_field = next(i for i, f in enumerate(fields) if f["role"] == "scenario")
    width = len(fields) + history * (len(item_fields) + int(history_scenario)) + own_history * len(item_fields)
    ids = np.zeros((rows, width), dtype=int)
    scn = np.zeros(rows, dtype=int)
    label = np.zeros(rows)
    weight = np.zeros(rows)
    history_mask = np.zeros((rows, history))
    history_scn = -np.ones((rows, history), dtype=int)
    own_mask = np.zeros((rows, own_history))
    for b in range(real):
        weight[b] = 1
        # Every scenario occurs, none evenly.
        scn[b] = scenario[b] if scenario else (b if b < scenarios else rng.integers(0, scenarios))
        label[b] = (b // 2) % 2 if b < 4 else rng.integers(0, 2)
        at = 0
        for i, field in enumerate(fields):
            local = scn[b] + 1 if i == scenario_field else rng.integers(0, field["size"])
            ids[b, at] = field["offset"] + local
            at += 1
        take = 0 if b == 0 else history if b == 1 else int(rng.integers(0, history + 1)) if history else 0
        for k in range(history):
            for i in item_fields:
                if k < take:
                    ids[b, at] = fields[i]["offset"] + rng.integers(0, fields[i]["size"])
                at += 1
        for k in range(history):
            if k < take:
                history_mask[b, k] = 1
                history_scn[b, k] = rng.integers(0, scenarios)
            if history_scenario:
                if k < take:
                    ids[b, at] = fields[scenario_field]["offset"] + history_scn[b, k] + 1
                at += 1
        own = 0 if b == 0 else own_history if b == 1 else int(rng.integers(0, own_history + 1)) if own_history else 0
        for k in range(own_history):
            for i in item_fields:
                if k < own:
                    ids[b, at] = fields[i]["offset"] + rng.integers(0, fields[i]["size"])
                at += 1
            own_mask[b, k] = float(k < own)
    columns = {}
    for name, (low, high) in (extra or {}).items():
        values = np.ones(rows)
        values[:real] = rng.uniform(low, high, real)
        columns[name] = _round(values)
    return dict(
        layout=dict(
            batch=rows,
            fields=list(range(len(fields))),
            history=dict(
                length=history,
                itemFields=item_fields,
                scenarioField=scenario_field if history_scenario else None,
            )
            if history
            else None,
            ownHistory=dict(length=own_history, itemFields=item_fields) if own_history else None,
            width=width,
        ),
        count=real,
        ids=ids.reshape(-1).tolist(),
        scenario=scn.tolist(),
        label=label.tolist(),
        weight=weight.tolist(),
        historyMask=history_mask.reshape(-1).tolist(),
        historyScenario=history_scn.reshape(-1).tolist(),
        ownHistoryMask=own_mask.reshape(-1).tolist(),
        extra=columns,
    )


class Sequence:
    def __init__(self, items, mask, scenario=None, scenario_index=None):
        self.items, self.mask, self.scenario, self.scenario_index = items, mask, scenario, scenario_index


class Inputs:
    """The batch as tensors, embeddings looked up in `table` [V, d]; names as in src/models/definition.ts."""

    def __init__(self, table, shape, batch):
        layout = batch["layout"]
        rows, dim = layout["batch"], table.shape[1]
        self.shape, self.batch, self.dim = shape, rows, dim
        self.scenarios = shape["scenarios"]
        ids = torch.tensor(batch["ids"]).reshape(rows, layout["width"])
        self.ids = ids
        looked_up = table[ids]
        at = len(layout["fields"])
        self.fields = looked_up[:, :at]
        self.scenario = torch.tensor(batch["scenario"])
        self.one_hot = torch.nn.functional.one_hot(self.scenario, self.scenarios).to(table.dtype)
        self.label = torch.tensor(batch["label"]).to(table.dtype).reshape(rows, 1)
        self.weight = torch.tensor(batch["weight"]).to(table.dtype).reshape(rows, 1)
        self.extra = {k: torch.tensor(v).to(table.dtype).reshape(rows, 1) for k, v in batch["extra"].items()}
        self.history = self.own_history = None
        if layout["history"]:
            length, count = layout["history"]["length"], len(layout["history"]["itemFields"])
            mask = torch.tensor(batch["historyMask"]).to(table.dtype).reshape(rows, length)
            items = looked_up[:, at : at + length * count].reshape(rows, length, count * dim) * mask[..., None]
            at += length * count
            scenario = None
            if layout["history"]["scenarioField"] is not None:
                scenario = looked_up[:, at : at + length] * mask[..., None]
                at += length
            index = torch.tensor(batch["historyScenario"]).reshape(rows, length)
            self.history = Sequence(items, mask, scenario, index)
        if layout["ownHistory"]:
            length, count = layout["ownHistory"]["length"], len(layout["ownHistory"]["itemFields"])
            mask = torch.tensor(batch["ownHistoryMask"]).to(table.dtype).reshape(rows, length)
            items = looked_up[:, at : at + length * count].reshape(rows, length, count * dim) * mask[..., None]
            self.own_history = Sequence(items, mask)

    def pick(self, *, roles=None, specific=None, without_roles=()):
        """Fields of the given roles and flag, side by side `[B, k*d]`."""
        chosen = [
            i
            for i, field in enumerate(self.shape["fields"])
            if (roles is None or field["role"] in roles)
            and field["role"] not in without_roles
            and (specific is None or field["scenarioSpecific"] == specific)
        ]
        return self.fields[:, chosen].reshape(self.batch, -1)

    def flat(self):
        return self.fields.reshape(self.batch, -1)

    def mean(self, q):
        """Row-weighted mean over the batch of `q` [B] or [B, 1]."""
        return (self.weight.reshape(-1) * q.reshape(-1)).sum() / self.weight.sum().clamp(min=1)


# --- variables --------------------------------------------------------------------------------------------------


class Variables:
    """Random values that make every path matter: not a start of training, a test of the arithmetic."""

    def __init__(self, seed=2):
        self.generator = torch.Generator().manual_seed(seed)
        self.parameters, self.kinds, self.states, self.centres = {}, {}, {}, {}

    def _normal(self, shape):
        return torch.randn(*shape, generator=self.generator) if shape else torch.randn((), generator=self.generator)

    def weight(self, name, *shape, fan_in=None, kind="weight", centre=0.0, scale=1.0):
        fan = fan_in if fan_in is not None else (shape[-2] if len(shape) > 1 else shape[0])
        value = centre + scale * self._normal(shape) / math.sqrt(fan)
        return self._add(name, kind, value, centre)

    def bias(self, name, *shape, mean=0.0, deviation=0.2, kind="bias"):
        return self._add(name, kind, mean + deviation * self._normal(shape))

    def norm(self, prefix, width, *lead):
        """Parameters and moving statistics of a batch norm over `width` units; `lead` precedes the states' width."""
        self._add(f"{prefix}.gamma", "norm", 1 + 0.2 * self._normal((width,)))
        self._add(f"{prefix}.beta", "norm", 0.2 * self._normal((width,)))
        self.moving(prefix, *lead, width)

    def moving(self, prefix, *shape):
        self.states[f"{prefix}.mean"] = 0.2 * self._normal(shape)
        self.states[f"{prefix}.variance"] = 0.5 + torch.rand(*shape, generator=self.generator)

    def free(self, name, value):
        return self._add(name, "free", value)

    def _add(self, name, kind, value, centre=0.0):
        if name in self.parameters:
            raise ValueError(f"{name} is declared twice")
        self.parameters[name], self.kinds[name], self.centres[name] = value, kind, centre
        return value

    def table(self, shape, dim):
        value = 0.5 * self._normal((shape["vocabularySize"], dim))
        value[0] = 0
        return value


class Mode:
    """`train` chooses batch statistics; new moving statistics are handed to `record`; dropout masks come in call order."""

    def __init__(self, train, masks=()):
        self.train, self.recorded, self.masks, self.calls = train, {}, list(masks), 0

    def record(self, name, value):
        self.recorded[name] = value.detach()

    def dropout(self, x):
        """Multiplies by the next scripted mask (ones where none is scripted)."""
        if not self.train or not self.masks:
            return x
        mask = self.masks[self.calls]
        self.calls += 1
        return x * mask


# --- mathematics that every model shares ------------------------------------------------------------------------


def bce_with_logits(logit, label):
    return torch.nn.functional.softplus(logit) - label * logit


def bce_with_probability(p, label, eps=1e-7):
    return -label * torch.log(p + eps) - (1 - label) * torch.log(1 - p + eps)


def leaky(x, slope=0.0):
    return torch.where(x > 0, x, slope * x)


# A gradient below this has float32 noise (about 1e-8) of more than 1e-3 of itself, which Adam turns into a difference of
# more than 1e-3 of a step.
FRAGILE = 1e-5

BN_EPS = 1e-5
BN_KEEP = 0.9


def batch_norm(p, s, x, mode, inputs, prefix):
    """Shared batch norm over rows `x` [B, n] (rows weighted 0 stand aside)."""
    if mode.train:
        weight = inputs.weight
        total = weight.sum().clamp(min=1)
        mean = (weight * x).sum(0) / total
        variance = (weight * (x - mean) ** 2).sum(0) / total
        mode.record(f"{prefix}.mean", BN_KEEP * s[f"{prefix}.mean"] + (1 - BN_KEEP) * mean)
        mode.record(f"{prefix}.variance", BN_KEEP * s[f"{prefix}.variance"] + (1 - BN_KEEP) * variance)
    else:
        mean, variance = s[f"{prefix}.mean"], s[f"{prefix}.variance"]
    return p[f"{prefix}.gamma"] * (x - mean) / torch.sqrt(variance + BN_EPS) + p[f"{prefix}.beta"]


# --- fixture ----------------------------------------------------------------------------------------------------


def _round(array):
    return [float("%.9g" % v) for v in np.asarray(array, dtype=float).reshape(-1)]


def _tensor(value):
    value = value.detach()
    return dict(shape=list(value.shape), values=_round(value.numpy()))


def adam_step(value, gradient, moments, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = moments
    m.mul_(b1).add_((1 - b1) * gradient)
    v.mul_(b2).add_((1 - b2) * gradient**2)
    return value - lr * (m / (1 - b1**t)) / (torch.sqrt(v / (1 - b2**t)) + eps)


def write_fixture(
    path,
    *,
    model,
    settings,
    shape,
    batch,
    variables,
    table,
    forward,
    losses,
    scores,
    probe=None,
    dropout=(),
    steps=3,
    learning_rate=1e-2,
    l2=1e-3,
    noisy=(),
):
    """Runs the reference and writes everything a comparison needs. `dropout` is a list of scripted masks, in the
    order in which the project's model asks for them. `noisy` names parameters whose gradient is zero only because terms
    cancel (a constant column that is normalised): in float32 such zeros are noise, so they count as fragile."""
    # What the other side reads is rounded; so the reference starts from the same rounded numbers.
    def rounded(value):
        return torch.tensor(_round(value.numpy())).reshape(value.shape)

    parameters = {k: rounded(v) for k, v in variables.parameters.items()}
    states = {k: rounded(v) for k, v in variables.states.items()}
    table = rounded(table)
    masks = [rounded(m) for m in dropout]
    fixture = dict(
        format="scenarium-fixture/1",
        model=model,
        settings={"embeddingDim": table.shape[1], **settings},
        shape=shape,
        batch=batch,
        dropoutMasks=[_tensor(m) for m in masks],
        table=_tensor(table),
        parameters={k: dict(_tensor(v), kind=variables.kinds[k]) for k, v in parameters.items()},
        states={k: _tensor(v) for k, v in states.items()},
    )

    def run(params, state, tab, train):
        leaf = {k: v.clone().requires_grad_(True) for k, v in params.items()}
        leaf_table = tab.clone().requires_grad_(True)
        x = Inputs(leaf_table, shape, batch)
        mode = Mode(train, masks)
        out = forward(leaf, state, x, mode)
        return leaf, leaf_table, x, mode, out

    def gradients(params, state, tab):
        leaf, leaf_table, x, mode, out = run(params, state, tab, True)
        total, terms = losses(out, x)
        names = list(leaf)
        found = torch.autograd.grad(total, [leaf[n] for n in names] + [leaf_table], allow_unused=True)
        grads = {
            n: g if g is not None else torch.zeros_like(leaf[n]) for n, g in zip(names, found[:-1])
        }
        table_grad = found[-1] if found[-1] is not None else torch.zeros_like(leaf_table)
        # Row 0 is padding: never trained.
        table_grad = table_grad.clone()
        table_grad[0] = 0
        return out, total, terms, grads, table_grad, mode, x

    out, total, terms, grads, table_grad, mode, x = gradients(parameters, states, table)
    fixture["train"] = dict(
        outputs={k: _tensor(v) for k, v in out.items() if not k.startswith("_")},
        total=_round(total.detach().numpy())[0],
        terms={k: _round(v.detach().numpy())[0] for k, v in terms.items()},
        gradients={k: _tensor(v) for k, v in grads.items()},
        tableGradient=_tensor(table_grad),
        states={k: _tensor(v) for k, v in mode.recorded.items()},
    )

    with torch.no_grad():
        _, _, x, _, out = run(parameters, states, table, False)
        result = scores(out, x)
        fixture["evaluate"] = dict(
            outputs={k: _tensor(v) for k, v in out.items() if not k.startswith("_")},
            score=_tensor(result["score"]),
            probability=_tensor(result["probability"]),
            columns={k: _tensor(v) for k, v in result.get("columns", {}).items()},
            probes={
                k: dict(sum=_tensor(a), count=_tensor(b)) for k, (a, b) in (probe(out, x) if probe else {}).items()
            },
        )

    # Three optimiser steps. An element whose gradient is next to nothing has no well-conditioned Adam step (the sign
    # of rounding noise would decide it): such elements are listed and left out of the comparison.
    fragile = {k: torch.zeros_like(v, dtype=torch.bool) for k, v in dict(parameters, embedding=table).items()}
    moments = {k: (torch.zeros_like(v), torch.zeros_like(v)) for k, v in dict(parameters, embedding=table).items()}
    counts = torch.bincount(torch.tensor(batch["ids"]), minlength=table.shape[0]).to(table.dtype)
    counts[0] = 0
    now, now_states, now_table, totals = dict(parameters), dict(states), table, []
    for t in range(1, steps + 1):
        _, total, _, grads, table_grad, mode, _ = gradients(now, now_states, now_table)
        totals.append(_round(total.detach().numpy())[0])
        for k in now:
            g = grads[k]
            if variables.kinds[k] == "weight":
                g = g + 2 * l2 * (now[k] - variables.centres[k])
            fragile[k] |= ((g != 0) | (k in noisy)) & (g.abs() < FRAGILE)
            now[k] = adam_step(now[k], g, moments[k], t, learning_rate).detach()
        g = table_grad + 2 * l2 * counts[:, None] * now_table / shape["batch"]
        fragile["embedding"] |= (g != 0) & (g.abs() < FRAGILE)
        now_table = adam_step(now_table, g, moments["embedding"], t, learning_rate).detach()
        now_states = dict(now_states, **mode.recorded)
    fixture["adam"] = dict(
        steps=steps,
        learningRate=learning_rate,
        l2=l2,
        totals=totals,
        parameters={k: _tensor(v) for k, v in now.items()},
        table=_tensor(now_table),
        states={k: _tensor(v) for k, v in now_states.items()},
        fragile={k: v.reshape(-1).nonzero().reshape(-1).tolist() for k, v in fragile.items() if bool(v.any())},
    )
    write_json(path, fixture)
    share = sum(int(v.sum()) for v in fragile.values()) / sum(v.numel() for v in fragile.values())
    print(f"{path}: {os.path.getsize(path) // 1024} kB, loss {fixture['train']['total']:.6f}, fragile {share:.2%}")


def write_json(path, value):
    """For further numbers of a model (Gram–Schmidt, mask search): tensors become {shape, values}."""

    def plain(v):
        if isinstance(v, torch.Tensor):
            return _tensor(v)
        if isinstance(v, np.ndarray):
            return dict(shape=list(v.shape), values=_round(v))
        if isinstance(v, dict):
            return {k: plain(w) for k, w in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(w) for w in v]
        return v

    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(plain(value), file, separators=(",", ":"))
        file.write("\n")


def fixture_path(script, name):
    """Where the fixture `name` of the reference at `script` (`__file__`) lives."""
    return os.path.join(os.path.dirname(os.path.abspath(script)), "fixtures", f"{name}.json")
