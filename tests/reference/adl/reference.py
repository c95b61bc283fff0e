"""ADL (Li et al., SIGIR 2023): routing to moving centres, then layers that all rows share and a tower of the row's cluster.

    python3 reference.py            writes every fixture
"""
import importlib.util
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(_HERE, ".."))
from cases import *  # noqa: E402,F403

_SPEC = importlib.util.spec_from_file_location("reference_adaptdhm", os.path.join(_HERE, "..", "adaptdhm", "reference.py"))
adaptdhm = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(adaptdhm)

BOTTOM, TOWER = 6, 5


def move_centres(x, weight, centres, steps, beta, sharpness):
    """Routing steps from the stored centres to where the batch's rows are; the stored ones then follow a little."""
    now = centres
    for _ in range(steps):
        r = adaptdhm.coefficients(x, now, sharpness)
        now = torch.stack([adaptdhm.gathered(x, weight, r, k) for k in range(len(now))])
    return torch.stack([adaptdhm.unit(beta * centres[k] + (1 - beta) * now[k]) for k in range(len(now))])


def make_forward(steps, beta, sharpness, norm="off"):
    def move(flat, weight, centres):
        return move_centres(flat, weight, centres, steps, beta, sharpness)

    def forward(p, s, x, mode):
        coefficient, clusters = adaptdhm.routed(x, s, mode, move, sharpness)
        h = layer(p, s, x.flat(), mode, x, "bottom.0", norm)
        h = torch.stack([h[b] @ p["tower.0.weight"][clusters[b]] for b in range(x.batch)])
        if norm == "shared":
            h = batch_norm(p, s, h, mode, x, "tower.0.norm")
        else:
            h = h + p["tower.0.bias"][clusters]
        h = torch.relu(h)
        logit = torch.stack(
            [h[b] @ p["output.weight"][clusters[b]] + p["output.bias"][clusters[b]] for b in range(x.batch)]
        )
        return adaptdhm.shown(logit, coefficient, clusters)

    return forward


def case(name, seed, clusters=3, steps=3, beta=0.9, sharpness=1.0, norm="off"):
    v = Variables(seed)
    declare_mlp(v, "bottom", [WIDTH, BOTTOM], norm=norm == "shared")
    declare_mlp(v, "tower", [BOTTOM, TOWER], norm=norm == "shared", lead=(clusters,))
    v.weight("output.weight", clusters, TOWER, 1)
    v.bias("output.bias", clusters, 1)
    v.states["centre"] = adaptdhm.starting_centres(v, clusters)
    given = dict(
        bottomHidden=[BOTTOM],
        towerHidden=[TOWER],
        clusters=clusters,
        routingSteps=steps,
        beta=beta,
        sharpness=sharpness,
        batchNorm=norm,
    )
    write_case(__file__, name, "adl", given, v, make_forward(steps, beta, sharpness, norm))


if __name__ == "__main__":
    case("default", 79)
    case("one-step", 76, clusters=4, steps=1, beta=0.5, sharpness=3.0)
    case("norm", 77, norm="shared")
