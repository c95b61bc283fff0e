"""HiNet (Zhou et al., ICDE 2023): scenario extraction by shared, own and other scenarios' sub-experts, then a task layer.

    python3 reference.py            writes every fixture

Section III: sub-expert integration, scenario-aware attentive network, customised gate control for one task (clicks).
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403

SHARED, OWN, TASK = 3, 2, 2
EXPERT, TASK_WIDTH, TOWER = 5, 4, 3


def integrate(gate_logits, bodies, b):
    """Sub-expert integration of row `b`: a softmax gate over sub-experts."""
    gate = torch.softmax(gate_logits, 0)
    return sum(gate[k] * bodies[k][b] for k in range(len(bodies)))


def make_forward(attention=True, norm="off"):
    def forward(p, s, x, mode):
        flat = x.flat()
        scenario = x.pick(roles=("scenario",))
        common = experts(p, s, flat, mode, x, "sharedExpert", 1, SHARED, norm)
        # Scenario by scenario, each with its own sub-experts; every row passes through all of them.
        bodies = experts(p, s, flat, mode, x, "ownExpert", 1, x.scenarios * OWN, norm)
        joined, attended = [], []
        for b in range(x.batch):
            n = int(x.scenario[b])
            shared = integrate(linear(p, "sharedGate", flat[b]), common, b)

            def of_scenario(j):
                logits = flat[b] @ p["ownGate.weight"][j] + p["ownGate.bias"][j]
                return integrate(logits, bodies[j * OWN : (j + 1) * OWN], b)

            parts = [shared, of_scenario(n)]
            if attention:
                # The other scenarios, weighted by what the row's scenario is.
                others = [j for j in range(x.scenarios) if j != n]
                scores = linear(p, "attention", scenario[b])
                soft = torch.softmax(torch.stack([scores[j] for j in others]), 0)
                weights = torch.zeros(x.scenarios)
                for i, j in enumerate(others):
                    weights = weights + soft[i] * torch.nn.functional.one_hot(torch.tensor(j), x.scenarios)
                parts.append(sum(weights[j] * of_scenario(j) for j in others))
                attended.append(weights)
            joined.append(torch.cat(parts))
        joined = torch.stack(joined)
        task = experts(p, s, joined, mode, x, "taskExpert", 1, TASK, norm)
        gate = torch.softmax(linear(p, "taskGate", joined), 1)
        h = torch.stack([sum(gate[b, k] * task[k][b] for k in range(TASK)) for b in range(x.batch)])
        h = mlp(p, s, h, mode, x, "mlp", 1, norm)
        out = {"logit": linear(p, "output", h), "taskGate": gate}
        return {**out, "scenarioAttention": torch.stack(attended)} if attention else out

    return forward


def case(name, seed, settings=(), attention=True, norm="off"):
    v = Variables(seed)
    joined = EXPERT * (3 if attention else 2)
    declare_stack(v, "sharedExpert", SHARED, [WIDTH, EXPERT], norm)
    declare_linear(v, "sharedGate", WIDTH, SHARED)
    declare_stack(v, "ownExpert", N * OWN, [WIDTH, EXPERT], norm)
    v.weight("ownGate.weight", N, WIDTH, OWN)
    v.bias("ownGate.bias", N, OWN)
    if attention:
        declare_linear(v, "attention", D, N)
    declare_stack(v, "taskExpert", TASK, [joined, TASK_WIDTH], norm)
    declare_linear(v, "taskGate", joined, TASK)
    declare_mlp(v, "mlp", [TASK_WIDTH, TOWER], norm=norm == "shared")
    declare_linear(v, "output", TOWER, 1)
    given = dict(
        sharedExperts=SHARED,
        ownExperts=OWN,
        expertHidden=[EXPERT],
        taskExperts=TASK,
        taskHidden=[TASK_WIDTH],
        towerHidden=[TOWER],
        batchNorm=norm,
        **dict(settings),
    )
    write_case(__file__, name, "hinet", given, v, make_forward(attention, norm))


if __name__ == "__main__":
    case("full", 61)
    case("without-attention", 62, dict(scenarioAttention=False), attention=False)
    case("norm", 63, norm="shared")
