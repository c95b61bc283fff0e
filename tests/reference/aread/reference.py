"""AREAD (Luo et al., AAAI 2025) from the paper: base MMoE, hierarchical expert integration under masks, bagging loss.

Row by row and expert by expert where that reads better; nothing here is fast. Algorithm 1 is in search.py.

Run: python3 reference.py, which writes fixtures/*.json.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import *  # noqa: E402,F403

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from search import complete_paths, overlap  # noqa: E402,F401

B, N, F, D = 12, 3, 7, 4
WIDTH = F * D
SCENARIO_FIELD = 6


class Case:
    """Sizes and switches of one fixture."""

    def __init__(
        self,
        layers=3,
        first=2,
        head_width=4,
        base=3,
        base_hidden=(8, 6),
        gate="features",
        bagging="sum",
        norm="shared",
        hei_norm=False,
        official=False,
        masked=True,
        hemp=True,
        history=0,
    ):
        # Experts double from layer to layer; widths (hidden, output) by number of layers as in the paper's Figure 7
        # study, scaled so that the last layer's experts have `head_width` hidden units.
        self.experts = [first * 2**l for l in range(layers)]
        table = {
            2: [(64, 32), (16, 8)],
            3: [(64, 32), (32, 16), (16, 8)],
            4: [(128, 64), (64, 32), (32, 16), (16, 8)],
        }[layers]
        self.widths = [(h * head_width // 16, o * head_width // 16) for h, o in table]
        self.base, self.base_hidden = base, list(base_hidden)
        self.gate, self.bagging, self.norm, self.hei_norm = gate, bagging, norm, hei_norm
        self.official, self.masked, self.hemp, self.history = official, masked, hemp, history
        self.width = WIDTH + (2 * D if history else 0)
        self.layers, self.first, self.head_width = layers, first, head_width

    def settings(self):
        return dict(
            numLayers=self.layers,
            firstExperts=self.first,
            headWidth=self.head_width,
            baseExperts=self.base,
            baseHidden=self.base_hidden,
            gate=self.gate,
            bagging=self.bagging,
            batchNorm=self.norm,
            heiBatchNorm=self.hei_norm,
            officialHead=self.official,
            hemp=self.hemp,
            dropout=0,
            **(dict(history="mean", historyLength=self.history) if self.history else {}),
        )


def declare_norm(v, prefix, shape):
    v._add(f"{prefix}.gamma", "norm", 1 + 0.2 * v._normal(shape))
    v._add(f"{prefix}.beta", "norm", 0.2 * v._normal(shape))
    v.moving(prefix, *shape)


def declare(case, seed=2):
    v = Variables(seed)
    below = case.width
    for k, h in enumerate(case.base_hidden):
        v.weight(f"expert.{k}.weight", case.base, below, h)
        if case.norm == "off":
            v.bias(f"expert.{k}.bias", case.base, h)
        else:
            declare_norm(v, f"expert.{k}.norm", (case.base, h))
        below = h
    v.weight("gate.weight", case.experts[0], case.width, case.base)
    v.bias("gate.bias", case.experts[0], case.base)
    if case.gate == "domain":
        v.weight("group.embedding", case.experts[0], D, fan_in=1)
    for l, (count, (hidden, out)) in enumerate(zip(case.experts, case.widths), start=1):
        for j, h in enumerate((hidden, out)):
            v.weight(f"hei.{l}.{j}.weight", count, below, h)
            if case.hei_norm:
                declare_norm(v, f"hei.{l}.{j}.norm", (count, h))
            else:
                v.bias(f"hei.{l}.{j}.bias", count, h)
            below = h
        if l > 1:
            v.weight(f"hei.{l}.gate.weight", count, gate_width(case), case.experts[l - 2])
            v.bias(f"hei.{l}.gate.bias", count, case.experts[l - 2])
    heads = case.experts[-1]
    v.weight("head.weight", heads, below, 1)
    if case.official:
        for k in range(3):
            v.weight(f"cross.{k}.weight", case.width, 1)
            v.bias(f"cross.{k}.bias", case.width)
        v.weight("head.crossWeight", case.width, heads)
        v.weight("linear.weight", case.width, 1)
        v.bias("linear.bias", 1)
    else:
        v.bias("head.bias", heads, 1)

    edges = sum(a * b for a, b in zip(case.experts[:-1], case.experts[1:]))
    rng = np.random.default_rng(seed)
    masks = np.ones((N, edges), int)
    if case.masked:
        for d in range(N):
            masks[d] = complete_paths((rng.random(edges) < 0.6).astype(int), case.experts)
            assert masks[d].sum() > 0
    at = 0
    for l, (a, b) in enumerate(zip(case.experts[:-1], case.experts[1:]), start=2):
        v.states[f"mask.{l}"] = torch.tensor(masks[:, at : at + a * b].reshape(N, a, b)).double()
        at += a * b
    v.states["maskPhase"] = torch.tensor(float(case.masked))
    v.states["gateSum"] = 5 * torch.rand(N, edges, generator=v.generator)
    v.states["gateCount"] = torch.tensor([3.0, 0.0, 7.0]).reshape(N, 1)
    return v


def gate_width(case):
    return case.width if case.gate == "features" else 2 * D


def normed_layer(p, s, h, mode, x, prefix, e, norm, recorded):
    """Linear, batch norm of this expert's own statistics (or a bias), ReLU."""
    h = h @ p[f"{prefix}.weight"][e]
    if not norm:
        return torch.relu(h + p[f"{prefix}.bias"][e])
    name = f"{prefix}.norm"
    inner = Mode(mode.train)
    one = {f"{name}.{k}": p[f"{name}.{k}"][e] for k in ("gamma", "beta")}
    state = {f"{name}.{k}": s[f"{name}.{k}"][e] for k in ("mean", "variance")}
    h = batch_norm(one, state, h, inner, x, name)
    for key, value in inner.recorded.items():
        recorded.setdefault(key, []).append(value)
    return torch.relu(h)


def make_forward(case):
    def forward(p, s, x, mode):
        recorded = {}
        features = x.flat()
        if case.history:
            mean = x.history.items.sum(1) / x.history.mask.sum(1, keepdim=True).clamp(min=1)
            features = torch.cat([features, mean], 1)
        rows = range(x.batch)
        mask = {l: s[f"mask.{l}"] for l in range(2, case.layers + 1)}
        phase = s["maskPhase"]

        # Base: four experts that all see the features, one softmax gate for each expert of the first layer above.
        base = []
        for k in range(case.base):
            h = features
            for j in range(len(case.base_hidden)):
                h = normed_layer(p, s, h, mode, x, f"expert.{j}", k, case.norm != "off", recorded)
            base.append(h)
        base_gate = [
            torch.softmax(features @ p["gate.weight"][n] + p["gate.bias"][n], 1) for n in range(case.experts[0])
        ]
        entry = [sum(base_gate[n][:, k : k + 1] * base[k] for k in range(case.base)) for n in range(case.experts[0])]

        # What the upper gates look at.
        query = features
        if case.gate == "domain":
            own = x.fields[:, SCENARIO_FIELD]
            group = []
            for b in rows:
                active = mask[2][x.scenario[b]].max(1).values
                group.append(phase * (active @ p["group.embedding"]) / active.sum())
            query = torch.cat([own, torch.stack(group)], 1)

        outputs = None
        gates = []
        for l, count in enumerate(case.experts, start=1):
            if l > 1:
                below = outputs
                entry = []
                layer_gates = []
                for n in range(count):
                    g = torch.softmax(query @ p[f"hei.{l}.gate.weight"][n] + p[f"hei.{l}.gate.bias"][n], 1)
                    layer_gates.append(g)
                    kept = mask[l][x.scenario][:, :, n] * g
                    share = kept / (kept.sum(1, keepdim=True) + 1e-8)
                    entry.append(sum(share[:, i : i + 1] * below[i] for i in range(case.experts[l - 2])))
                gates.append(torch.stack(layer_gates, 2))  # [B, N_{l-1}, N_l]
            outputs = []
            for n in range(count):
                h = entry[n]
                for j in range(2):
                    h = normed_layer(p, s, h, mode, x, f"hei.{l}.{j}", n, case.hei_norm, recorded)
                outputs.append(h)

        z = torch.cat([outputs[n] @ p["head.weight"][n] for n in range(case.experts[-1])], 1)
        if case.official:
            cross = features
            for k in range(3):
                cross = features * (cross @ p[f"cross.{k}.weight"]) + p[f"cross.{k}.bias"] + cross
            z = z + cross @ p["head.crossWeight"] + features @ p["linear.weight"] + p["linear.bias"]
        else:
            z = z + p["head.bias"][:, 0]
        active = mask[case.layers][x.scenario].max(1).values
        probability = (active * torch.sigmoid(z)).sum(1, keepdim=True) / active.sum(1, keepdim=True)
        logit = torch.log(probability + 1e-7) - torch.log(1 - probability + 1e-7)

        for key, values in recorded.items():
            mode.record(key, torch.stack(values))
        edge_gates = torch.cat([g.reshape(x.batch, -1) for g in gates], 1)
        if mode.train:
            weighted = x.one_hot * x.weight
            mode.record("gateSum", s["gateSum"] + weighted.T @ edge_gates)
            mode.record("gateCount", s["gateCount"] + weighted.sum(0)[:, None])
        return {
            "logit": logit,
            "headLogits": z,
            "activeHeads": active,
            "probability": probability,
            "gates": edge_gates,
            "baseGates": torch.stack(base_gate, 1),
            "_phase": phase,
            "_masks": torch.cat([mask[l].reshape(N, -1) for l in mask], 1),
        }

    return forward


def make_losses(case):
    def losses(out, x):
        warm = x.mean(bce_with_probability(out["probability"], x.label))
        if not case.hemp:
            return warm, {"average": warm}
        each = out["activeHeads"] * bce_with_logits(out["headLogits"], x.label)
        each = each.sum(1)
        if case.bagging == "mean":
            each = each / out["activeHeads"].sum(1)
        bagging = x.mean(each)
        phase = out["_phase"]
        return (1 - phase) * warm + phase * bagging, {"average": warm, "bagging": bagging}

    return losses


def scores(out, x):
    return {"score": out["probability"], "probability": out["probability"]}


def make_probe(case):
    def probe(out, x):
        weighted = x.one_hot * x.weight
        count = weighted.sum(0)
        found = {
            "gates": (weighted.T @ out["baseGates"].mean(1), count),
            "edgeGates": (weighted.T @ out["gates"], count),
        }
        if case.hemp:
            found["masks"] = (out["_masks"], torch.tensor(1.0))
        return found

    return probe


def write(name, case, seed=2, **extra):
    shape = make_shape(rows=B, scenarios=N, history=5 if case.history else 0)
    batch = make_batch(shape, history=case.history)
    v = declare(case, seed)
    write_fixture(
        fixture_path(__file__, name),
        model="aread",
        settings=case.settings(),
        shape=shape,
        batch=batch,
        variables=v,
        table=v.table(shape, D),
        forward=make_forward(case),
        losses=make_losses(case),
        scores=scores,
        probe=make_probe(case),
        # Small enough that three steps in single precision stay comparable: gates after them are sums over the steps.
        learning_rate=3e-4,
        **extra,
    )


def main():
    write("masked", Case(), 2)
    write("warm-up", Case(masked=False), 3)
    write("hei-without-masks", Case(masked=False, hemp=False), 4)
    write("bagging-mean", Case(bagging="mean", layers=2, norm="off"), 5)
    write("gate-domain", Case(gate="domain"), 6)
    write("gate-domain-warm-up", Case(gate="domain", masked=False), 7)
    write("official-head", Case(official=True, hei_norm=True, layers=2), 8)
    write("four-layers-history", Case(layers=4, head_width=4, first=1, history=4), 9)


if __name__ == "__main__":
    main()
