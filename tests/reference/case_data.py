"""Data of a case: a small `DataShape`, a `HostBatch`, and the batch as tensors with embeddings looked up."""
import numpy as np
import torch

from numbers_io import rounded


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
        columns[name] = rounded(values)
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
        # Ids of pairs of values, where the layout has them, stand last.
        self.crosses = looked_up[:, layout["width"] - len(layout["crosses"]["pairs"]) :] if layout.get("crosses") else None
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
