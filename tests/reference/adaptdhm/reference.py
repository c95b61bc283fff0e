"""AdaptDHM (Li et al., 2022): rows find their cluster by routing to moving centres; a network a cluster, on shared weights.

    python3 reference.py            writes every fixture

Section 3: distribution adaptation module (dynamic routing, moving centres), multi-distribution network.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403

HIDDEN = (6, 5)


def unit(vector):
    """The vector, made of length 1."""
    return vector / torch.sqrt((vector**2).sum() + 1e-12)


def coefficients(x, centres, sharpness):
    """How much each row `x` [B, W] belongs to each centre `[K, W]`: softmax of inner products, `[B, K]`."""
    return torch.stack(
        [torch.softmax(sharpness * torch.stack([x[b] @ centre for centre in centres]), 0) for b in range(len(x))]
    )


def gathered(x, weight, r, k):
    """Sum of the rows that count, each as far as it belongs to cluster `k`; only its direction is of use."""
    return unit(sum(weight[b, 0] * r[b, k] * x[b] for b in range(len(x))))


def move_centres(x, weight, centres, steps, beta, sharpness):
    """Every routing step moves each centre towards the rows that belong to it."""
    for _ in range(steps):
        r = coefficients(x, centres, sharpness)
        centres = torch.stack(
            [unit(beta * centres[k] + (1 - beta) * gathered(x, weight, r, k)) for k in range(len(centres))]
        )
    return centres


def cluster_of(x, centres):
    """The row's cluster: the centre with the largest inner product, the first of equals."""
    best = 0
    for k in range(len(centres)):
        if float(x @ centres[k]) > float(x @ centres[best]):
            best = k
    return best


def routed(x, s, mode, move, sharpness):
    """Coefficients and clusters of the rows by the new centres (in training), by the stored ones otherwise. No gradient."""
    flat, centres = x.flat().detach(), s["centre"]
    if mode.train:
        centres = move(flat, x.weight.detach(), centres)
        mode.record("centre", centres)
    clusters = torch.tensor([cluster_of(flat[b], centres) for b in range(x.batch)])
    return coefficients(flat, centres, sharpness), clusters


def shown(logit, coefficient, clusters):
    count = coefficient.shape[1]
    return {
        "logit": logit,
        "coefficients": coefficient,
        "route": torch.nn.functional.one_hot(clusters, count).to(coefficient.dtype),
    }


def starting_centres(v, clusters):
    return torch.stack([unit(centre) for centre in v._normal((clusters, WIDTH))])


def make_forward(steps, beta, sharpness):
    def move(flat, weight, centres):
        return move_centres(flat, weight, centres, steps, beta, sharpness)

    def forward(p, s, x, mode):
        coefficient, clusters = routed(x, s, mode, move, sharpness)
        logits = []
        for b in range(x.batch):
            h, c = x.flat()[b], clusters[b]
            for k in range(len(HIDDEN) + 1):
                weight = p[f"shared.{k}.weight"] * p[f"own.{k}.weight"][c]
                h = h @ weight + p[f"shared.{k}.bias"] + p[f"own.{k}.bias"][c]
                if k < len(HIDDEN):
                    h = torch.relu(h)
            logits.append(h)
        return shown(torch.stack(logits), coefficient, clusters)

    return forward


def case(name, seed, clusters=3, steps=3, beta=0.9, sharpness=1.0):
    v = Variables(seed)
    sizes = [WIDTH, *HIDDEN, 1]
    for k, (a, b) in enumerate(zip(sizes[:-1], sizes[1:])):
        v.weight(f"shared.{k}.weight", a, b)
        v.bias(f"shared.{k}.bias", b)
        v._add(f"own.{k}.weight", "weight", 1 + 0.3 * v._normal((clusters, a, b)), 1.0)
        v.bias(f"own.{k}.bias", clusters, b)
    v.states["centre"] = starting_centres(v, clusters)
    settings = dict(hidden=list(HIDDEN), clusters=clusters, routingSteps=steps, beta=beta, sharpness=sharpness)
    write_case(__file__, name, "adaptdhm", settings, v, make_forward(steps, beta, sharpness))


if __name__ == "__main__":
    case("default", 71)
    case("one-step", 72, clusters=4, steps=1, beta=0.5, sharpness=3.0)
