"""Numbers of fixtures: nine significant digits, tensors as {shape, values}."""
import json
import os

import numpy as np
import torch


def rounded(array):
    return [float("%.9g" % v) for v in np.asarray(array, dtype=float).reshape(-1)]


def plain_tensor(value):
    value = value.detach()
    return dict(shape=list(value.shape), values=rounded(value.numpy()))


def write_json(path, value):
    """For further numbers of a model (Gram–Schmidt, mask search): tensors become {shape, values}."""

    def plain(v):
        if isinstance(v, torch.Tensor):
            return plain_tensor(v)
        if isinstance(v, np.ndarray):
            return dict(shape=list(v.shape), values=rounded(v))
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
