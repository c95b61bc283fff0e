"""HiNet (Zhou et al., ICDE 2023): scenario extraction by shared, own and other scenarios' sub-experts, then a task layer.

    python3 reference.py            writes every fixture

Section III: sub-expert integration, scenario-aware attentive network, customised gate control with a task a scenario.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403

SHARED, OWN = 3, 2
TASK_OWN, TASK_SHARED = 2, 1
EXPERT, TASK, TOWER = 5, 4, 3


def mixture(gate_logits, bodies, b):
    """Row `b` of a mixture: a softmax gate over networks; and the gate."""
    gate = torch.softmax(gate_logits, 0)
    return sum(gate[k] * bodies[k][b] for k in range(len(bodies))), gate


def extract(p, s, x, mode, attentive):
    """Scenario extraction layer: what the row's scenario takes from all, from itself and from the others."""
    flat = x.flat()
    common = experts(p, s, flat, mode, x, "shared", 1, SHARED, "off")
    # Scenario by scenario, each with its own sub-experts; every row passes through all of them.
    bodies = experts(p, s, flat, mode, x, "specific", 1, x.scenarios * OWN, "off")
    joined, attended = [], []
    for b in range(x.batch):
        n = int(x.scenario[b])

        def of_scenario(j):
            logits = flat[b] @ p["specificGate.weight"][j] + p["specificGate.bias"][j]
            return mixture(logits, bodies[j * OWN : (j + 1) * OWN], b)[0]

        parts = [mixture(linear(p, "sharedGate", flat[b]), common, b)[0], of_scenario(n)]
        if attentive:
            others = [j for j in range(x.scenarios) if j != n]
            scores = linear(p, "attention", p["scenario.embedding"][n])
            soft = torch.softmax(torch.stack([scores[j] for j in others]), 0)
            parts.append(sum(soft[i] * of_scenario(j) for i, j in enumerate(others)))
            attended.append(
                torch.stack([soft[others.index(j)] if j != n else torch.zeros(()) for j in range(x.scenarios)])
            )
        joined.append(torch.cat(parts))
    return torch.stack(joined), torch.stack(attended) if attentive else None


def make_forward(attentive=True, hierarchy=True):
    def forward(p, s, x, mode):
        joined, attention = extract(p, s, x, mode, attentive) if hierarchy else (x.flat(), None)
        count = x.scenarios * TASK_OWN
        bodies = experts(p, s, joined, mode, x, "task.expert", 1, count + TASK_SHARED, "off")
        mixed, gates = [], []
        for b in range(x.batch):
            n = int(x.scenario[b])
            members = bodies[n * TASK_OWN : (n + 1) * TASK_OWN] + bodies[count:]
            value, gate = mixture(joined[b] @ p["task.gate.weight"][n] + p["task.gate.bias"][n], members, b)
            mixed.append(value)
            gates.append(gate)
        h = towers(p, s, torch.stack(mixed), mode, x, "tower", 1, "off")
        out = {"logit": own_linear(p["output.weight"], p["output.bias"], h, x), "gate": torch.stack(gates)}
        if hierarchy:
            out["extracted"] = joined
        if attention is not None:
            out["attention"] = attention
        return out

    return forward


def case(name, seed, settings=(), attentive=True, hierarchy=True):
    v = Variables(seed)
    joined = WIDTH
    if hierarchy:
        declare_stack(v, "shared", SHARED, [WIDTH, EXPERT])
        declare_linear(v, "sharedGate", WIDTH, SHARED)
        declare_stack(v, "specific", N * OWN, [WIDTH, EXPERT])
        v.weight("specificGate.weight", N, WIDTH, OWN)
        v.bias("specificGate.bias", N, OWN)
        joined = EXPERT * (3 if attentive else 2)
        if attentive:
            declare_scenarios(v)
            declare_linear(v, "attention", D, N)
    declare_stack(v, "task.expert", N * TASK_OWN + TASK_SHARED, [joined, TASK])
    v.weight("task.gate.weight", N, joined, TASK_OWN + TASK_SHARED)
    v.bias("task.gate.bias", N, TASK_OWN + TASK_SHARED)
    declare_stack(v, "tower", N, [TASK, TOWER])
    v.weight("output.weight", N, TOWER, 1)
    v.bias("output.bias", N, 1)
    given = dict(
        sharedExperts=SHARED,
        specificExperts=OWN,
        expertHidden=[EXPERT],
        taskExperts=TASK_OWN,
        taskSharedExperts=TASK_SHARED,
        taskHidden=[TASK],
        towerHidden=[TOWER],
        **dict(settings),
    )
    write_case(__file__, name, "hinet", given, v, make_forward(attentive, hierarchy))


if __name__ == "__main__":
    case("full", 61)
    case("without-attention", 64, dict(attentive=False), attentive=False)
    case("without-hierarchy", 63, dict(hierarchy=False), hierarchy=False)
