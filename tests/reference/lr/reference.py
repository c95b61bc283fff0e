"""lr: logistic regression on the fields' values, a weight a value and one bias.

    python3 reference.py            writes every fixture
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from parts import *  # noqa: E402,F403

# No embeddings and no layers: nothing to set of them.
NOTHING = dict(embeddingDim=None, dropout=None)


def id_fields(shape):
    """Of the user's and of the item's fields the one with the most values."""
    largest = {}
    for i, field in enumerate(shape["fields"]):
        if field["role"] in ("user", "item") and field["size"] > shape["fields"][largest.get(field["role"], i)]["size"]:
            largest[field["role"]] = i
        largest.setdefault(field["role"], i)
    return [largest["user"], largest["item"]]


def declare(seed):
    v = Variables(seed)
    v.bias("bias", 1, 1)
    return v


def declare_own(seed):
    """One network of several: their biases stand one below another, `[N, 1]`."""
    v = Variables(seed)
    v.bias("bias", 1)
    return v


def lr_forward(fields="all", scenario=True):
    def forward(p, s, x, mode):
        weights = fields_read(x, scenario)[:, :, 0] if fields == "all" else x.fields[:, id_fields(x.shape), 0]
        logits = []
        for b in range(x.batch):
            z = p["bias"].reshape(())
            for w in weights[b]:
                z = z + w
            logits.append(z)
        return {"logit": torch.stack(logits)[:, None]}

    return forward


if __name__ == "__main__":
    # The table is the linear column alone: D embeddings less.
    more = dict(dim=0, linear=1)
    network_case(__file__, "default", "lr", NOTHING, declare, lr_forward(), 31, **more)
    network_case(__file__, "ids", "lr", {**NOTHING, "fields": "ids"}, declare, lr_forward("ids"), 32, **more)
    off = {**NOTHING, "scenarioField": "off"}
    network_case(__file__, "no-scenario", "lr", off, declare, lr_forward(scenario=False), 33, **more)
    network_case(__file__, "own", "lr", NOTHING, declare_own, lr_forward(), 34, own=True, **more)
