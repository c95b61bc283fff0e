"""hmoe (Li et al., CIKM 2020): MMoE in the feature space; in the label space every scenario predicts a row and the row's own
scenario weighs the predictions. A row's loss trains its own scenario's prediction and the weights, not the others'.

    python3 reference.py            writes every fixture

With more than `peers` + 1 scenarios a row asks the `peers` largest and its own.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from parts import *  # noqa: E402,F403

EXPERTS, EXPERT, TOWER = 2, [6], [4]


def declare_hmoe(label_space=True, scenarios=N, slots=N, dim=D):
    def declare(seed):
        v = Variables(seed)
        width = F * dim
        for k, (a, b) in enumerate(zip([width, *EXPERT], EXPERT)):
            v.weight(f"expert.{k}.weight", EXPERTS, a, b)
            v.bias(f"expert.{k}.bias", EXPERTS, b)
        v.weight("gate.weight", scenarios, width, EXPERTS)
        v.bias("gate.bias", scenarios, EXPERTS)
        for k, (a, b) in enumerate(zip([EXPERT[-1], *TOWER], TOWER)):
            v.weight(f"tower.{k}.weight", scenarios, a, b)
            v.bias(f"tower.{k}.bias", scenarios, b)
        v.weight("output.weight", scenarios, TOWER[-1], 1)
        v.bias("output.bias", scenarios, 1)
        if label_space:
            v.weight("relation.weight", scenarios, width, slots)
            v.bias("relation.bias", scenarios, slots)
        return v

    return declare


def prediction(p, row, n):
    """Scenario n's logit for a row, and its gate over experts."""
    bodies = []
    for e in range(EXPERTS):
        h = row
        for k in range(len(EXPERT)):
            h = torch.relu(h @ p[f"expert.{k}.weight"][e] + p[f"expert.{k}.bias"][e])
        bodies.append(h)
    gate = torch.softmax(row @ p["gate.weight"][n] + p["gate.bias"][n], 0)
    h = sum(gate[e] * bodies[e] for e in range(EXPERTS))
    for k in range(len(TOWER)):
        h = torch.relu(h @ p[f"tower.{k}.weight"][n] + p[f"tower.{k}.bias"][n])
    return (h @ p["output.weight"][n] + p["output.bias"][n])[0], gate


def hmoe_forward(label_space=True, constrained=True, peers=8):
    def forward(p, s, x, mode):
        everyone = x.scenarios <= peers + 1
        found = {"logit": [], "gate": [], "relation": [], "votes": []}
        for b, row in enumerate(x.flat()):
            own = int(x.scenario[b])
            z, gate = prediction(p, row, own)
            found["gate"].append(gate)
            if not label_space:
                found["logit"].append(z[None])
                continue
            # Who is asked, slot by slot: all scenarios, or the largest and the own one behind them.
            slots = list(range(x.scenarios)) if everyone else [*largest_scenarios(x.shape, peers), own]
            absent = [not everyone and j == own and slot < len(slots) - 1 for slot, j in enumerate(slots)]
            scores = row @ p["relation.weight"][own] + p["relation.bias"][own]
            total = sum(torch.exp(scores[k]) for k in range(len(slots)) if not absent[k])
            beta = torch.stack([torch.zeros(()) if gone else torch.exp(scores[k]) / total for k, gone in enumerate(absent)])
            votes = torch.stack([torch.sigmoid(prediction(p, row, j)[0]) for j in slots])
            heard = [votes[k] if j == own or not constrained else votes[k].detach() for k, j in enumerate(slots)]
            probability = sum(beta[k] * heard[k] for k in range(len(slots)))
            found["logit"].append((torch.log(probability) - torch.log(1 - probability))[None])
            found["relation"].append(beta)
            found["votes"].append(votes)
        return {name: torch.stack(rows) for name, rows in found.items() if rows}

    return forward


def write(name, settings, seed, *, scenarios=N, dim=D, peers=8, label_space=True, constrained=True):
    slots = scenarios if scenarios <= peers + 1 else peers + 1
    v = declare_hmoe(label_space, scenarios, slots, dim)(seed)
    settings = dict(numExperts=EXPERTS, expertHidden=EXPERT, towerHidden=TOWER, dropout=0, **settings)
    shape = make_shape(rows=B, scenarios=scenarios)
    case(__file__, name, "hmoe", settings, v, hmoe_forward(label_space, constrained, peers), shape=shape, dim=dim)


if __name__ == "__main__":
    write("default", {}, 141)
    write("unconstrained", dict(taskConstrained=False), 142, constrained=False)
    write("no-label-space", dict(labelSpace=False), 143, label_space=False)
    # Two scenarios of four are asked: the batch has rows of both and of the others.
    write("asked", dict(peers=2), 144, scenarios=4, peers=2, dim=2)
