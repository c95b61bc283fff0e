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
EXPERT, TASK, TOWER = 4, 4, 3


def mixture(gate_logits, bodies, b):
    """Row `b` of a mixture: a softmax gate over networks; and the gate."""
    gate = torch.softmax(gate_logits, 0)
    return sum(gate[k] * bodies[k][b] for k in range(len(bodies))), gate


def extract(p, s, x, mode, attentive, peers):
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
            slots, count = asked(x.shape, n, peers)
            others = [(slot, j) for slot, j in slots if j != n]
            scores = linear(p, "attention", p["scenario.embedding"][n])
            soft = torch.softmax(torch.stack([scores[slot] for slot, _ in others]), 0)
            parts.append(sum(soft[i] * of_scenario(j) for i, (_, j) in enumerate(others)))
            weights = {slot: soft[i] for i, (slot, _) in enumerate(others)}
            attended.append(torch.stack([weights.get(slot, torch.zeros(())) for slot in range(count)]))
        joined.append(torch.cat(parts))
    return torch.stack(joined), torch.stack(attended) if attentive else None


def make_forward(attentive=True, hierarchy=True, peers=8):
    def forward(p, s, x, mode):
        joined, attention = extract(p, s, x, mode, attentive, peers) if hierarchy else (x.flat(), None)
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


def case(name, seed, settings=(), attentive=True, hierarchy=True, scenarios=N, peers=8):
    v = Variables(seed)
    joined = WIDTH
    if hierarchy:
        declare_stack(v, "shared", SHARED, [WIDTH, EXPERT])
        declare_linear(v, "sharedGate", WIDTH, SHARED)
        declare_stack(v, "specific", scenarios * OWN, [WIDTH, EXPERT])
        v.weight("specificGate.weight", scenarios, WIDTH, OWN)
        v.bias("specificGate.bias", scenarios, OWN)
        joined = EXPERT * (3 if attentive else 2)
        if attentive:
            declare_scenarios(v, count=scenarios)
            declare_linear(v, "attention", D, min(scenarios, peers + 1))
    declare_stack(v, "task.expert", scenarios * TASK_OWN + TASK_SHARED, [joined, TASK])
    v.weight("task.gate.weight", scenarios, joined, TASK_OWN + TASK_SHARED)
    v.bias("task.gate.bias", scenarios, TASK_OWN + TASK_SHARED)
    declare_stack(v, "tower", scenarios, [TASK, TOWER])
    v.weight("output.weight", scenarios, TOWER, 1)
    v.bias("output.bias", scenarios, 1)
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
    shape = make_shape(rows=B, scenarios=scenarios)
    write_case(__file__, name, "hinet", given, v, make_forward(attentive, hierarchy, peers), shape=shape)


if __name__ == "__main__":
    case("full", 61)
    case("without-attention", 66, dict(attentive=False), attentive=False)
    case("without-hierarchy", 63, dict(hierarchy=False), hierarchy=False)
    # Four scenarios, of which a row asks the two largest beside its own.
    case("two-peers", 65, dict(peers=2), scenarios=4, peers=2)
