"""AESM2 (Zou et al., CIKM 2022): each row's experts are selected, some as its scenario's own and some as everyone's.

    python3 reference.py            writes every fixture

Section 3: multi-scenario layers with experts, gates of all scenarios, selection by Kullback-Leibler divergence to a
one-hot and to a uniform distribution, and the auxiliary losses. With one task there is no task layer.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403

EXPERTS, HIDDEN, TOWER = 4, 5, 3


def divergence(wanted, log_found):
    """Kullback-Leibler divergence of a distribution from what is wanted; 0 log 0 is 0."""
    return sum(w * (math.log(w) - log_found[n]) for n, w in enumerate(wanted) if w > 0)


def least(values, count):
    """Indices of the `count` smallest, the first of equals first."""
    order = sorted(range(len(values)), key=lambda k: (float(values[k]), k))
    return sorted(order[:count])


def flags(chosen):
    return torch.tensor([1.0 if k in chosen else 0.0 for k in range(EXPERTS)])


def select(logits, own, specific, shared):
    """Experts of one row by the gates of all scenarios that it asks, `logits` [S, E], its own at `own`.

    Gives the chosen sets and their mean divergences.
    """
    count = len(logits)
    one_hot = [1.0 if n == own else 0.0 for n in range(count)]
    uniform = [1.0 / count] * count
    to_own, to_all = [], []
    for k in range(EXPERTS):
        # How the expert is spread over scenarios.
        log_spread = torch.log_softmax(logits[:, k], 0)
        to_own.append(divergence(one_hot, log_spread))
        to_all.append(divergence(uniform, log_spread))
    mine, everyones = least(to_own, specific), least(to_all, shared)
    mean = lambda values, chosen: sum(values[k] for k in chosen) / len(chosen) if chosen else torch.zeros(())  # noqa: E731
    return mine, everyones, mean(to_own, mine), mean(to_all, everyones)


def make_forward(layers, specific, shared, selection, peers=8):
    by_own, by_all = selection in ("both", "specific"), selection in ("both", "shared")

    def forward(p, s, x, mode):
        z, out = x.flat(), {}
        losses = {"specific": [], "shared": []}
        for l in range(layers):
            bodies = experts(p, s, z, mode, x, f"layer.{l}.expert", 1, EXPERTS, "off")
            mixed, gates, specifics, shareds, distances = [], [], [], [], {"specific": [], "shared": []}
            for b in range(x.batch):
                n = int(x.scenario[b])
                entry = torch.cat([z[b], p["scenario.embedding"][n]])
                present = [j for _, j in asked(x.shape, n, peers)[0]]
                logits = torch.stack(
                    [entry @ p[f"layer.{l}.gate.weight"][j] + p[f"layer.{l}.gate.bias"][j] for j in present]
                )
                mine_at = present.index(n)
                chosen = list(range(EXPERTS))
                if by_own or by_all:
                    mine, everyones, own_distance, all_distance = select(
                        logits, mine_at, specific if by_own else 0, shared if by_all else 0
                    )
                    chosen = sorted({*mine, *everyones})
                    specifics.append(flags(mine))
                    shareds.append(flags(everyones))
                    distances["specific"].append(own_distance)
                    distances["shared"].append(all_distance)
                soft = torch.softmax(torch.stack([logits[mine_at, k] for k in chosen]), 0)
                mixed.append(sum(soft[i] * bodies[k][b] for i, k in enumerate(chosen)))
                gates.append(
                    torch.stack([soft[chosen.index(k)] if k in chosen else torch.zeros(()) for k in range(EXPERTS)])
                )
            z = torch.stack(mixed)
            out[f"gate{l}"] = torch.stack(gates)
            for name, used, flagged in (("specific", by_own, specifics), ("shared", by_all, shareds)):
                if used:
                    out[f"{name}{l}"] = torch.stack(flagged)
                    losses[name].append(batch_mean(x, distances[name]))
        h = mlp(p, s, z, mode, x, "tower", 1, "off")
        return {"logit": linear(p, "output", h), **out, "_losses": losses}

    return forward


def make_losses(weight, selection):
    def losses(out, x):
        total, terms = click(out, x)
        for name in ("specific", "shared"):
            if selection in ("both", name):
                terms[name] = sum(out["_losses"][name])
                total = total + weight * terms[name]
        return total, terms

    return losses


def case(name, seed, settings=(), layers=1, specific=1, shared=2, selection="both", scenarios=N, peers=8):
    v = Variables(seed)
    weight = 0.3
    declare_scenarios(v, count=scenarios)
    width = WIDTH
    for l in range(layers):
        declare_stack(v, f"layer.{l}.expert", EXPERTS, [width, HIDDEN])
        v.weight(f"layer.{l}.gate.weight", scenarios, width + D, EXPERTS)
        v.bias(f"layer.{l}.gate.bias", scenarios, EXPERTS)
        width = HIDDEN
    declare_mlp(v, "tower", [HIDDEN, TOWER], norm=False)
    declare_linear(v, "output", TOWER, 1)
    given = dict(
        layers=layers,
        numExperts=EXPERTS,
        expertHidden=[HIDDEN],
        specificExperts=specific,
        sharedExperts=shared,
        towerHidden=[TOWER],
        klWeight=weight,
        **dict(settings),
    )
    forward = make_forward(layers, specific, shared, selection, peers)
    shape = make_shape(rows=B, scenarios=scenarios)
    write_case(__file__, name, "aesm2", given, v, forward, make_losses(weight, selection), shape=shape)


if __name__ == "__main__":
    case("default", 81)
    case("two-layers", 82, layers=2, specific=2, shared=1)
    for seed, kind in ((83, "specific"), (84, "shared"), (87, "off")):
        case(f"selection-{kind}", seed, dict(selection=kind), selection=kind)
    # Four scenarios, of which a row asks the two largest beside its own.
    case("two-peers", 88, dict(peers=2), scenarios=4, peers=2)
