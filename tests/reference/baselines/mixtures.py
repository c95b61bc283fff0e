"""mmoe (Ma et al., KDD 2018) and ple (Tang et al., RecSys 2020)."""
from parts import *  # noqa: F403


def gates_by_scenario(out, x):
    return {"gates": by_scenario(out["gate"], x)}


def mmoe_forward(count, norm="shared", layers=2):
    def forward(p, s, x, mode):
        flat = x.flat()
        bodies = experts(p, s, flat, mode, x, "expert", layers, count, norm)
        gate = torch.softmax(own_linear(p["gate.weight"], p["gate.bias"], flat, x), 1)
        h = sum(gate[:, e : e + 1] * bodies[e] for e in range(count))
        h = towers(p, s, h, mode, x, "tower", 1, norm)
        return {"logit": own_linear(p["output.weight"], p["output.bias"], h, x), "gate": gate}

    return forward


def mmoe():
    for norm in ("shared", "off"):
        count, v = 3, Variables(8)
        for k, (a, b) in enumerate([(WIDTH, 8), (8, 6)]):
            v.weight(f"expert.{k}.weight", count, a, b)
            if norm == "shared":
                declare_norm(v, f"expert.{k}.norm", (count, b))
            else:
                v.bias(f"expert.{k}.bias", count, b)
        v.weight("gate.weight", N, WIDTH, count)
        v.bias("gate.bias", N, count)
        declare_mlp(v, "tower", [6, 5], lead=(N,), norm=norm == "shared")
        v.weight("output.weight", N, 5, 1)
        v.bias("output.bias", N, 1)

        settings = dict(numExperts=count, expertHidden=[8, 6], towerHidden=[5], dropout=0, batchNorm=norm)
        case(__file__, f"mmoe-{norm}", "mmoe", settings, v, mmoe_forward(count, norm), probe=gates_by_scenario)


def ple_forward(levels, specific, shared, norm="shared", layers=1):
    def forward(p, s, x, mode):
        # One stream a scenario and one shared stream; experts are ordered [scenario 0 …, shared …].
        total = x.scenarios * specific + shared
        streams, common = [x.flat()] * x.scenarios, x.flat()
        own_gate = None
        for level in range(levels):
            entry = [streams[e // specific] if e < x.scenarios * specific else common for e in range(total)]
            bodies = experts(p, s, entry, mode, x, f"level.{level}.expert", layers, total, norm)
            new, gates = [], []
            for n in range(x.scenarios):
                logits = streams[n] @ p[f"level.{level}.gate.weight"][n] + p[f"level.{level}.gate.bias"][n]
                gate = torch.softmax(logits, 1)
                members = [n * specific + j for j in range(specific)] + list(range(x.scenarios * specific, total))
                new.append(sum(gate[:, j : j + 1] * bodies[e] for j, e in enumerate(members)))
                gates.append(gate)
            if level + 1 < levels:
                gate = torch.softmax(
                    common @ p[f"level.{level}.sharedGate.weight"] + p[f"level.{level}.sharedGate.bias"], 1
                )
                common = sum(gate[:, e : e + 1] * bodies[e] for e in range(total))
            streams = new
            own_gate = torch.stack(gates, 1)[torch.arange(x.batch), x.scenario]
        own = torch.stack(streams, 1)[torch.arange(x.batch), x.scenario]
        hidden = towers(p, s, own, mode, x, "tower", 1, norm)
        return {"logit": own_linear(p["output.weight"], p["output.bias"], hidden, x), "gate": own_gate}

    return forward


def ple():
    # With more than eight scenarios the lab mixes and routes experts otherwise.
    for name, levels, norm, scenarios in (
        ("ple-1", 1, "shared", N),
        ("ple-2", 2, "shared", N),
        ("ple-2-many", 2, "off", 9),
        ("ple-3-many", 3, "shared", 9),
    ):
        specific, shared, h = 2 if scenarios == N else 1, 2, 6
        total = scenarios * specific + shared
        v = Variables(9 if scenarios == N else 2)
        for level in range(levels):
            width = WIDTH if level == 0 else h
            v.weight(f"level.{level}.expert.0.weight", total, width, h)
            if norm == "shared":
                declare_norm(v, f"level.{level}.expert.0.norm", (total, h))
            else:
                v.bias(f"level.{level}.expert.0.bias", total, h)
            v.weight(f"level.{level}.gate.weight", scenarios, width, specific + shared)
            v.bias(f"level.{level}.gate.bias", scenarios, specific + shared)
            if level + 1 < levels:
                v.weight(f"level.{level}.sharedGate.weight", width, total)
                v.bias(f"level.{level}.sharedGate.bias", total)
        declare_mlp(v, "tower", [h, 5], lead=(scenarios,), norm=norm == "shared")
        v.weight("output.weight", scenarios, 5, 1)
        v.bias("output.bias", scenarios, 1)

        settings = dict(
            levels=levels, specificExperts=specific, sharedExperts=shared, expertHidden=[h], towerHidden=[5], dropout=0
        )
        if norm != "shared":
            settings["batchNorm"] = norm
        forward = ple_forward(levels, specific, shared, norm)
        shape = make_shape(rows=B if scenarios == N else 24, scenarios=scenarios)
        case(__file__, name, "ple", settings, v, forward, probe=gates_by_scenario, shape=shape)
