"""M3oE (Zhang et al., SIGIR 2024): shared, domain and task experts, fused on two levels with learned balances.

    python3 reference.py            writes every fixture

Section 3: domain representation, multi-view experts, two-level fusion. One task (clicks), so the task level has one expert.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403

STAR, REPRESENTATION, EXPERTS, EXPERT, TOWER = 6, 5, 2, 4, 3


def make_forward(domain=True, task=True, learned=True, norm="off"):
    def level(p, name):
        """A balance between 0 and 1; where it is not learned it stays at what it starts from."""
        return torch.sigmoid(p[name][0] if learned else torch.ones(()))

    def forward(p, s, x, mode):
        flat = x.flat()
        topology = own_linear(
            p["star.shared.weight"] * p["star.own.weight"], p["star.own.bias"] + p.get("star.shared.bias", 0), flat, x
        )
        h = layer(p, s, topology, mode, x, "star.mlp.0", norm) + layer(p, s, flat, mode, x, "skip.0", norm)
        shared = experts(p, s, h, mode, x, "expert", 1, EXPERTS, norm)
        gate = torch.softmax(own_linear(p["gate.weight"], p["gate.bias"], h, x), 1)
        by_domain = experts(p, s, h, mode, x, "domainExpert", 1, x.scenarios, norm) if domain else None
        by_task = mlp(p, s, h, mode, x, "taskExpert", 1, norm) if task else None
        fused = []
        for b in range(x.batch):
            n = int(x.scenario[b])
            row = sum(gate[b, e] * shared[e][b] for e in range(EXPERTS))
            if domain:
                balance = level(p, "balance.domain")
                others = sum(by_domain[j][b] for j in range(x.scenarios) if j != n) / (x.scenarios - 1)
                row = row + level(p, "fusion.domain") * (balance * by_domain[n][b] + (1 - balance) * others)
            if task:
                row = row + level(p, "fusion.task") * by_task[b]
            fused.append(row)
        h = towers(p, s, torch.stack(fused), mode, x, "tower", 1, norm)
        out = {"logit": own_linear(p["output.weight"], p["output.bias"], h, x), "gate": gate}
        if domain and task and learned:
            out["balances"] = torch.stack([level(p, f"{name}") for name in ("balance.domain", "fusion.domain", "fusion.task")])
        return out

    return forward


def declare(seed, domain=True, task=True, learned=True, norm="off"):
    v = Variables(seed)
    on = norm == "shared"
    v.weight("star.shared.weight", WIDTH, STAR)
    # A norm above takes what is the same for all rows away again.
    if not on:
        v.bias("star.shared.bias", STAR)
    v._add("star.own.weight", "weight", 1 + 0.3 * v._normal((N, WIDTH, STAR)), 1.0)
    v.bias("star.own.bias", N, STAR)
    declare_mlp(v, "star.mlp", [STAR, REPRESENTATION], norm=on)
    declare_mlp(v, "skip", [WIDTH, REPRESENTATION], norm=on)
    declare_stack(v, "expert", EXPERTS, [REPRESENTATION, EXPERT], norm)
    v.weight("gate.weight", N, REPRESENTATION, EXPERTS)
    v.bias("gate.bias", N, EXPERTS)
    if domain:
        declare_stack(v, "domainExpert", N, [REPRESENTATION, EXPERT], norm)
    if task:
        declare_mlp(v, "taskExpert", [REPRESENTATION, EXPERT], norm=on)
    if learned:
        for name in [*(["balance.domain", "fusion.domain"] if domain else []), *(["fusion.task"] if task else [])]:
            v.free(name, 0.5 * v._normal((1,)))
    declare_mlp(v, "tower", [EXPERT, TOWER], norm=on, lead=(N,))
    v.weight("output.weight", N, TOWER, 1)
    v.bias("output.bias", N, 1)
    return v


def case(name, seed, settings=(), **parts):
    given = dict(
        starWidth=STAR,
        domainWidth=REPRESENTATION,
        numExperts=EXPERTS,
        expertHidden=[EXPERT],
        towerHidden=[TOWER],
        batchNorm=parts.get("norm", "off"),
        **dict(settings),
    )
    write_case(__file__, name, "m3oe", given, declare(seed, **parts), make_forward(**parts))


if __name__ == "__main__":
    case("full", 101)
    case("norm", 102, norm="shared")
    case("without-domain-experts", 103, dict(domainExperts=False), domain=False)
    case("without-task-experts", 104, dict(taskExperts=False), task=False)
    case("fixed-balances", 105, dict(learnedBalances=False), learned=False)
