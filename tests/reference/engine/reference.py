"""Expected values of the engine's operations and of Adam, from PyTorch in float64 (Adam in float32).

Run: python3 tests/reference/engine/reference.py > tests/reference/engine/fixtures.json
"""
import json
import sys

import torch

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)

B, N, I, O = 9, 3, 10, 13


def randn(*shape):
    return torch.randn(shape).mul(0.7).float().double()


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().reshape(-1).tolist()]


def case(name, inputs, function, plain=()):
    """Value and the gradients of sum(value * probe), the probe being fixed random numbers."""
    leaves = {key: value.clone().requires_grad_(key not in plain) for key, value in inputs.items()}
    value = function(**leaves)
    probe = randn(*value.shape)
    (value * probe).sum().backward()
    return {
        "name": name,
        "inputs": {key: {"shape": list(value.shape), "values": numbers(value)} for key, value in inputs.items()},
        "probe": {"shape": list(probe.shape), "values": numbers(probe)},
        "value": numbers(value),
        "gradients": {key: numbers(leaf.grad) for key, leaf in leaves.items() if leaf.grad is not None},
    }


def norm(x, weight, gamma, beta, dim):
    share = weight / weight.sum().clamp(min=1)
    shape = [1] * x.dim()
    shape[dim] = -1
    share = share.reshape(shape)
    mean = (x * share).sum(dim, keepdim=True)
    variance = ((x - mean) ** 2 * share).sum(dim, keepdim=True)
    return (x - mean) / torch.sqrt(variance + 1e-5) * gamma + beta


def domain_norm(x, one_hot, weight):
    share = one_hot * weight
    count = share.sum(0).reshape(-1, 1).clamp(min=1)
    mean = share.t() @ x / count
    centred = x - one_hot @ mean
    variance = share.t() @ centred**2 / count
    return torch.cat([mean, variance], 1)


def row_mean(q, weight):
    return (q * weight).sum() / weight.sum().clamp(min=1)


weight = torch.ones(B, 1)
weight[-2:] = 0
label = (torch.rand(B, 1) > 0.5).double()
one_hot = torch.eye(N)[torch.tensor([0, 1, 2, 0, 0, 1, 0, 1, 0])]
mask = (torch.rand(B, 6) > 0.4).double()
mask[1] = 0

cases = [
    case("matMul", {"a": randn(B, I), "b": randn(I, O)}, lambda a, b: a @ b),
    case("batchMatMul", {"a": randn(N, 5, 7), "b": randn(N, 7, 6)}, lambda a, b: a @ b),
    case("batchMatMul.many", {"a": randn(40, 2, 3), "b": randn(40, 3, 5)}, lambda a, b: a @ b),
    case("dense", {"x": randn(B, I), "weight": randn(I, O), "bias": randn(O)}, lambda x, weight, bias: x @ weight + bias),
    case(
        "multiDense",
        {"x": randn(B, I), "weight": randn(N, I, O), "bias": randn(N, O)},
        lambda x, weight, bias: torch.einsum("bi,nio->bno", x, weight) + bias,
    ),
    case(
        "multiDenseStacked",
        {"x": randn(B, I), "weight": randn(N, I, O), "bias": randn(N, O)},
        lambda x, weight, bias: torch.einsum("bi,nio->nbo", x, weight) + bias[:, None],
    ),
    case(
        "stackedDense",
        {"x": randn(N, B, I), "weight": randn(N, I, O), "bias": randn(N, O)},
        lambda x, weight, bias: x @ weight + bias[:, None],
    ),
    case(
        "mixExperts",
        {"h": randn(B, N, O), "weights": randn(B, N)},
        lambda h, weights: torch.einsum("bno,bn->bo", h, weights),
    ),
    case(
        "mixExpertsStacked",
        {"h": randn(N, B, O), "weights": randn(B, N)},
        lambda h, weights: torch.einsum("nbo,bn->bo", h, weights),
    ),
    case("relu", {"x": randn(B, 7)}, torch.relu),
    case("leakyRelu", {"x": randn(B, 7)}, lambda x: torch.nn.functional.leaky_relu(x, 0.2)),
    case("sigmoid", {"x": randn(B, 7)}, torch.sigmoid),
    case("tanh", {"x": randn(B, 7)}, torch.tanh),
    case("softplus", {"x": randn(B, 7) * 4}, torch.nn.functional.softplus),
    case("softmaxLast", {"x": randn(B, N, 5)}, lambda x: x.softmax(-1)),
    case("logSoftmaxLast", {"x": randn(B, 5)}, lambda x: x.log_softmax(-1)),
    case(
        "maskedSoftmax",
        {"x": randn(B, 6), "mask": mask},
        lambda x, mask: (x + (mask - 1) * 1e9).softmax(-1) * mask,
        plain=("mask",),
    ),
    case(
        "batchNorm.rows",
        {"x": randn(B, O), "weight": weight, "gamma": randn(1, O), "beta": randn(1, O)},
        lambda x, weight, gamma, beta: norm(x, weight, gamma, beta, 0),
        plain=("weight",),
    ),
    case(
        "batchNorm.rowsOfStacks",
        {"x": randn(B, N, 5), "weight": weight, "gamma": randn(1, N, 5), "beta": randn(1, N, 5)},
        lambda x, weight, gamma, beta: norm(x, weight, gamma, beta, 0),
        plain=("weight",),
    ),
    case(
        "batchNorm.stacks",
        {"x": randn(N, B, 8), "weight": weight, "gamma": randn(N, 1, 8), "beta": randn(N, 1, 8)},
        lambda x, weight, gamma, beta: norm(x, weight, gamma, beta, 1),
        plain=("weight",),
    ),
    case(
        "domainMoments",
        {"x": randn(B, O), "oneHot": one_hot, "weight": weight},
        lambda x, oneHot, weight: domain_norm(x, oneHot, weight),
        plain=("oneHot", "weight"),
    ),
    case("weightedMean", {"q": randn(B, 1), "weight": weight}, row_mean, plain=("weight",)),
    case(
        "bceWithLogits",
        {"logit": randn(B, 1) * 3, "label": label, "weight": weight},
        lambda logit, label, weight: row_mean(
            torch.nn.functional.binary_cross_entropy_with_logits(logit, label, reduction="none"), weight
        ),
        plain=("label", "weight"),
    ),
    case(
        "bceWithProbability",
        {"probability": torch.rand(B, 1).float().double(), "label": label, "weight": weight},
        lambda probability, label, weight: row_mean(
            -label * torch.log(probability + 1e-7) - (1 - label) * torch.log(1 - probability + 1e-7), weight
        ),
        plain=("label", "weight"),
    ),
    case(
        "crossEntropy",
        {"logits": randn(B, N), "oneHot": one_hot, "weight": weight},
        lambda logits, oneHot, weight: row_mean(-(oneHot * logits.log_softmax(-1)).sum(1, keepdim=True), weight),
        plain=("oneHot", "weight"),
    ),
    case(
        "maskedLeakyRelu",
        {"x": randn(B, 7), "mask": (torch.rand(B, 7) > 0.3).double() / 0.7},
        lambda x, mask: torch.nn.functional.leaky_relu(x, 0.2) * mask,
    ),
    *[
        case(
            name,
            {"x": randn(B, I), "weight": randn(N, I, O), "bias": randn(N, O), "route": route},
            lambda x, weight, bias, route: torch.einsum("bn,bno->bo", route, torch.einsum("bi,nio->bno", x, weight) + bias),
            plain=("route",),
        )
        for name, route in (("routedDense", one_hot), ("routedDense.shares", randn(B, N)))
    ],
    case(
        "expertLogits",
        {"x": randn(B, 5, 7), "weight": randn(5, 7), "bias": randn(5)},
        lambda x, weight, bias: (x * weight).sum(2) + bias,
    ),
    *[
        case(
            name,
            {"x": randn(B, 2, 6), "weight": randn(N, 12), "bias": randn(N, 2), "route": route},
            lambda x, weight, bias, route: torch.einsum("bn,new,bew->be", route, weight.reshape(N, 2, 6), x) + route @ bias,
            plain=("route",),
        )
        for name, route in (("expertLogits.routed", one_hot), ("expertLogits.shares", randn(B, N)))
    ],
    case(
        "routedAffine",
        {"x": randn(B, O), "scale": randn(N, O), "shift": randn(N, O), "route": one_hot},
        lambda x, scale, shift, route: x * (route @ scale) + route @ shift,
        plain=("route",),
    ),
    case(
        "concatWithProduct",
        {"x": randn(B, 4, 6), "y": randn(B, 6)},
        lambda x, y: torch.cat([x, x * y[:, None]], 2),
    ),
    case("split", {"x": randn(B, 6)}, lambda x: torch.cat([2 * x[:, :2], x[:, 3:]], 1)),
    case("logOdds", {"p": (torch.rand(B, 1) * 0.8 + 0.1).float().double()}, lambda p: torch.logit(p)),
]


def adam():
    """Three steps of a table, a matrix under L2 and a bias; the table's L2 counts gathered rows and is divided by the batch."""
    torch.set_default_dtype(torch.float32)
    vocabulary, dim, batch, fields = 11, 4, 5, 2
    table = torch.nn.Parameter(torch.randn(vocabulary, dim) * 0.1)
    table.data[0] = 0
    matrix = torch.nn.Parameter(torch.randn(fields * dim, 1) * 0.3)
    bias = torch.nn.Parameter(torch.zeros(1))
    start = {name: numbers(value) for name, value in (("table", table), ("matrix", matrix), ("bias", bias))}
    optimiser = torch.optim.Adam([table, matrix, bias], lr=0.05, eps=1e-8)
    centre, l2 = 0.5, 0.01
    steps = []
    for _ in range(3):
        ids = torch.randint(0, vocabulary, (batch, fields))
        target = (torch.rand(batch, 1) > 0.5).float()
        present = (ids != 0).float()[..., None]
        rows = table[ids] * present
        logit = rows.reshape(batch, -1) @ matrix + bias
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logit, target)
        whole = loss + l2 * ((matrix - centre) ** 2).sum() + l2 * (rows**2).sum() / batch
        optimiser.zero_grad()
        whole.backward()
        optimiser.step()
        steps.append(
            {
                "ids": ids.reshape(-1).tolist(),
                "label": numbers(target),
                "loss": float(loss),
                "table": numbers(table),
                "matrix": numbers(matrix),
                "bias": numbers(bias),
            }
        )
    sizes = {"vocabulary": vocabulary, "dim": dim, "batch": batch, "fields": fields}
    return {**sizes, "l2": l2, "centre": centre, "learningRate": 0.05, "start": start, "steps": steps}


json.dump({"cases": cases, "adam": adam()}, sys.stdout, separators=(",", ":"))
