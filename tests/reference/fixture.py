"""Runs a reference and writes its fixture (format: README.md)."""
import os

import torch

from case_data import Inputs
from numbers_io import plain_tensor, rounded, write_json
from variables import Mode

# A gradient below this has float32 noise (about 1e-8) of more than 1e-3 of itself, which Adam turns into a difference of
# more than 1e-3 of a step.
FRAGILE = 1e-5


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
    def as_read(value):
        return torch.tensor(rounded(value.numpy())).reshape(value.shape)

    parameters = {k: as_read(v) for k, v in variables.parameters.items()}
    states = {k: as_read(v) for k, v in variables.states.items()}
    table = as_read(table)
    masks = [as_read(m) for m in dropout]
    fixture = dict(
        format="scenarium-fixture/1",
        model=model,
        # A model whose table has a linear column gives its embedding size itself; None leaves a setting out.
        settings={k: v for k, v in {"embeddingDim": table.shape[1], **settings}.items() if v is not None},
        shape=shape,
        batch=batch,
        dropoutMasks=[plain_tensor(m) for m in masks],
        table=plain_tensor(table),
        parameters={k: dict(plain_tensor(v), kind=variables.kinds[k]) for k, v in parameters.items()},
        states={k: plain_tensor(v) for k, v in states.items()},
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
        outputs={k: plain_tensor(v) for k, v in out.items() if not k.startswith("_")},
        total=rounded(total.detach().numpy())[0],
        terms={k: rounded(v.detach().numpy())[0] for k, v in terms.items()},
        gradients={k: plain_tensor(v) for k, v in grads.items()},
        tableGradient=plain_tensor(table_grad),
        states={k: plain_tensor(v) for k, v in mode.recorded.items()},
    )

    with torch.no_grad():
        _, _, x, _, out = run(parameters, states, table, False)
        result = scores(out, x)
        fixture["evaluate"] = dict(
            outputs={k: plain_tensor(v) for k, v in out.items() if not k.startswith("_")},
            score=plain_tensor(result["score"]),
            probability=plain_tensor(result["probability"]),
            columns={k: plain_tensor(v) for k, v in result.get("columns", {}).items()},
            probes={
                k: dict(sum=plain_tensor(a), count=plain_tensor(b)) for k, (a, b) in (probe(out, x) if probe else {}).items()
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
        totals.append(rounded(total.detach().numpy())[0])
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
        parameters={k: plain_tensor(v) for k, v in now.items()},
        table=plain_tensor(now_table),
        states={k: plain_tensor(v) for k, v in now_states.items()},
        fragile={k: v.reshape(-1).nonzero().reshape(-1).tolist() for k, v in fragile.items() if bool(v.any())},
    )
    write_json(path, fixture)
    share = sum(int(v.sum()) for v in fragile.values()) / sum(v.numel() for v in fragile.values())
    print(f"{path}: {os.path.getsize(path) // 1024} kB, loss {fixture['train']['total']:.6f}, fragile {share:.2%}")
