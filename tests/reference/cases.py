"""What references of models in folders of their own share: the parts of baselines, stacks of experts, a case's writer."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from common import *  # noqa: E402,F403
from parts import (  # noqa: E402,F401
    by_scenario,
    click,
    declare_mlp,
    declare_norm,
    experts,
    mlp,
    norm_by_group,
    own_linear,
    sigmoid_scores,
    towers,
)

B, N, F, D = 8, 3, 7, 4
WIDTH = F * D


def declare_stack(v, name, count, widths, norm="off"):
    """`count` networks side by side: `<name>.k.weight [count, in, out]`."""
    for k, (a, b) in enumerate(zip(widths[:-1], widths[1:])):
        v.weight(f"{name}.{k}.weight", count, a, b)
        if norm == "shared":
            declare_norm(v, f"{name}.{k}.norm", (count, b))
        else:
            v.bias(f"{name}.{k}.bias", count, b)


def declare_linear(v, name, below, out):
    v.weight(f"{name}.weight", below, out)
    v.bias(f"{name}.bias", out)


def linear(p, name, x):
    return x @ p[f"{name}.weight"] + p[f"{name}.bias"]


def layer(p, s, x, mode, inputs, name, norm="off"):
    """One layer of an `mlp`: linear, norm or bias, ReLU, dropout."""
    y = x @ p[f"{name}.weight"]
    y = batch_norm(p, s, y, mode, inputs, f"{name}.norm") if norm == "shared" else y + p[f"{name}.bias"]
    return mode.dropout(torch.relu(y))


def declare_scenarios(v, dim=D, count=N):
    """A model's own table of scenarios."""
    v.weight("scenario.embedding", count, dim, fan_in=1)


def asked(shape, own, peers):
    """Scenarios that a row of scenario `own` asks, as (slot, scenario), and the number of slots.

    All of them; where there are more than `peers` others, the `peers` largest in training rows and, in the last slot, the
    row's own. A scenario counts once: the slot of a large one is empty for its own rows.
    """
    count = shape["scenarios"]
    if count <= peers + 1:
        return [(n, n) for n in range(count)], count
    largest = sorted(range(count), key=lambda n: (-shape["scenarioRows"][n], n))[:peers]
    return [(i, n) for i, n in enumerate(largest) if n != own] + [(peers, own)], peers + 1


def batch_mean(x, rows):
    """Mean over the rows that count of one number a row (a list)."""
    return x.mean(torch.stack(rows))


def write_case(script, name, model, settings, v, forward, losses=click, scores=sigmoid_scores, *, rows=B, dim=D, **more):
    """Fixture `name` of the reference at `script`."""
    shape = more.pop("shape", None) or make_shape(rows=rows, scenarios=N)
    batch = more.pop("batch", None) or make_batch(shape)
    table = more.pop("table", None)
    write_fixture(
        fixture_path(script, name),
        model=model,
        settings={"dropout": 0, **settings},
        shape=shape,
        batch=batch,
        variables=v,
        table=v.table(shape, dim) if table is None else table,
        forward=forward,
        losses=losses,
        scores=scores,
        **more,
    )
