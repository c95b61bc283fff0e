"""OptMSM (Tang et al., 2023) in PyTorch, written from the paper. Equation numbers are the paper's.

Everything is said literally, scenario by scenario and pair by pair: this file is slow and meant to be read.

Run: python3 reference.py
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import *  # noqa: E402,F403

DEFAULTS = dict(
    op="fcn",
    priors=True,
    seGate=True,
    hypernetwork=True,
    lambdaOrth=0.1,
    orthMode="sum",
    hidden=[8, 6, 5],
    predictorHidden=[6, 5],
    hyperHidden=6,
    predictor="own",
    hyperStopGrad=False,
    expertInput="own",
    transferOutput="linear",
    hypernetworkOf="all",
    normalisation="off",
    history="off",
    historyLength=4,
    dropout=0,
)


class OptMSM:
    def __init__(self, shape, dim, **settings):
        unknown = set(settings) - set(DEFAULTS)
        if unknown:
            raise ValueError(f"unknown settings {unknown}")
        self.settings = dict(DEFAULTS, **settings)
        for name, value in self.settings.items():
            setattr(self, name, value)
        fields = shape["fields"]
        self.n, self.dim = shape["scenarios"], dim
        specific = [f["scenarioSpecific"] or f["role"] == "scenario" for f in fields]
        self.shared_fields = [i for i in range(len(fields)) if not (self.priors and specific[i])]
        self.specific_fields = [i for i in range(len(fields)) if self.priors and specific[i]]
        pooled = len(shape["history"]["itemFields"]) if self.history == "mean" else 0
        self.shared_count = len(self.shared_fields) + pooled
        self.shared_width = self.shared_count * dim
        self.specific_width = (len(self.specific_fields) + (pooled if self.priors else 0)) * dim
        self.transfers = self.op != "none"
        self.r_width = self.hidden[-1] if self.transfers else self.shared_width
        self.predictor_layers = list(self.predictorHidden if self.transfers else self.hidden)
        self.num_experts = {"moe": 2 * self.n, "cgc": 2 * self.n + 2}.get(self.op, 0)

    def mask(self, m):
        """Which experts scenario m may use in CGC: its own two and the two shared ones."""
        allowed = torch.ones(self.num_experts)
        if self.op == "cgc":
            allowed = torch.zeros(self.num_experts)
            allowed[[2 * m, 2 * m + 1, 2 * self.n, 2 * self.n + 1]] = 1
        return allowed

    def variables(self, seed=2):
        v = Variables(seed)
        n = self.n
        if self.normalisation == "partitioned":
            width = self.shared_width
            v.norm("norm", width, n)
            v._add("norm.ownGamma", "norm", 1 + 0.2 * v._normal((n, width)))
            v._add("norm.ownBeta", "norm", 0.2 * v._normal((n, width)))
        if self.seGate:
            v.weight("seGate.weight", n, self.shared_count, self.shared_count)
            v.bias("seGate.bias", n, self.shared_count)
        width = self.shared_width

        def alive(k):
            """Mean of a layer's biases that keeps most of its ReLUs alive; a linear last layer shows both signs."""
            return 0 if self.transferOutput == "linear" and k == len(self.hidden) - 1 else 0.4

        if self.op == "fcn":
            for k, out in enumerate(self.hidden):
                v.weight(f"transfer.{k}.shared.weight", width, out)
                v.bias(f"transfer.{k}.shared.bias", out, mean=alive(k))
                v.weight(f"transfer.{k}.own.weight", n, width, out, fan_in=25, centre=1.0)
                v.bias(f"transfer.{k}.own.bias", n, out)
                width = out
        elif self.transfers:
            for k, out in enumerate(self.hidden):
                v.weight(f"expert.{k}.weight", self.num_experts, width, out)
                v.bias(f"expert.{k}.bias", self.num_experts, out, mean=alive(k))
                width = out
            v.weight("transferGate.weight", n, self.shared_width, self.num_experts)
            v.bias("transferGate.bias", n, self.num_experts)
        first = self.r_width + self.specific_width
        width = first
        lead = [n] if self.predictor == "own" else []
        for k, out in enumerate(self.predictor_layers + [1]):
            if self.hypernetwork:
                each = [n] if self.hypernetworkOf == "own" else []
                v.weight(f"hyper.{k}.hidden.weight", *each, first, self.hyperHidden)
                v.bias(f"hyper.{k}.hidden.bias", *each, self.hyperHidden)
                v.weight(f"hyper.{k}.scale.weight", *each, self.hyperHidden, width)
                v.bias(f"hyper.{k}.scale.bias", *each, width)
            name = "output" if out == 1 and k == len(self.predictor_layers) else f"predictor.{k}"
            v.weight(f"{name}.weight", *lead, width, out)
            v.bias(f"{name}.bias", *lead, out, mean=0.4)
            width = out
        return v

    def partitioned_norm(self, p, s, x, e, mode):
        """STAR, Eq 4 and 5."""
        if mode.train:
            o = x.one_hot * x.weight
            count = o.sum(0)[:, None]
            enough = (count >= 2).to(e.dtype)
            mean = enough * (o.T @ e) / count.clamp(min=1) + (1 - enough) * s["norm.mean"]
            centred = e - (o.T @ e / count.clamp(min=1))[x.scenario]
            variance = enough * (o.T @ centred**2) / count.clamp(min=1) + (1 - enough) * s["norm.variance"]
            mode.record("norm.mean", BN_KEEP * s["norm.mean"] + (1 - BN_KEEP) * mean)
            mode.record("norm.variance", BN_KEEP * s["norm.variance"] + (1 - BN_KEEP) * variance)
        else:
            mean, variance = s["norm.mean"], s["norm.variance"]
        scenario = x.scenario
        scale = p["norm.gamma"] * p["norm.ownGamma"][scenario]
        shift = p["norm.beta"] + p["norm.ownBeta"][scenario]
        return scale * (e - mean[scenario]) / torch.sqrt(variance[scenario] + BN_EPS) + shift

    def gated(self, p, e, m):
        """Eq 5: shared fields [B, F, d] as scenario m weighs them [B, F d], and the weights [B, F]."""
        if not self.seGate:
            return e.flatten(1), None
        z = torch.sigmoid(e.mean(2) @ p["seGate.weight"][m] + p["seGate.bias"][m])
        return (z[:, :, None] * e).flatten(1), z

    def active(self, h, k):
        """After transfer layer k: ReLU, and what `transferOutput` says after the last."""
        last = k == len(self.hidden) - 1
        return h if last and self.transferOutput == "linear" else leaky(h)

    def fcn(self, p, h, m):
        """Eq 8, layer by layer, for all rows as if they were of scenario m."""
        for k in range(len(self.hidden)):
            weight = p[f"transfer.{k}.shared.weight"] * p[f"transfer.{k}.own.weight"][m]
            h = self.active(h @ weight + p[f"transfer.{k}.shared.bias"] + p[f"transfer.{k}.own.bias"][m], k)
        return h

    def experts(self, p, h):
        outputs = []
        for j in range(self.num_experts):
            y = h
            for k in range(len(self.hidden)):
                y = self.active(y @ p[f"expert.{k}.weight"][j] + p[f"expert.{k}.bias"][j], k)
            outputs.append(y)
        return torch.stack(outputs, 1)  # [B, E, R]

    def hyper(self, p, name, h, scenario):
        """One layer of the hypernetwork, row by row where every scenario has its own."""
        weight, bias = p[f"{name}.weight"], p[f"{name}.bias"]
        if self.hypernetworkOf == "all":
            return h @ weight + bias
        return torch.stack([row @ weight[m] + bias[m] for row, m in zip(h, scenario.tolist())])

    def forward(self, p, s, x, mode):
        rows, scenario = x.batch, x.scenario
        e = x.fields[:, self.shared_fields]
        specific = x.fields[:, self.specific_fields].flatten(1)
        if self.history == "mean":
            e = torch.cat([e, pooled(x.history).reshape(rows, -1, self.dim)], 1)
            if self.priors:
                specific = torch.cat([specific, pooled(x.own_history)], 1)
        if self.normalisation == "partitioned":
            e = self.partitioned_norm(p, s, x, e.flatten(1), mode).reshape(rows, -1, self.dim)
        inputs, gates = zip(*(self.gated(p, e, m) for m in range(self.n)))
        out = {"_gates": gates}
        own = torch.arange(rows)
        if not self.transfers:
            r_own = torch.stack(inputs, 1)[own, scenario]
        else:
            if self.op == "fcn":
                r = [self.fcn(p, inputs[m], m) for m in range(self.n)]
            else:
                # Experts read the row's own input; contrastive representations differ by their gates (and, with
                # expertInput "all", by their inputs: Eq 6 to the letter).
                own_experts = self.experts(p, torch.stack(inputs, 1)[own, scenario])
                r, weights = [], []
                for m in range(self.n):
                    logits = inputs[m] @ p["transferGate.weight"][m] + p["transferGate.bias"][m]
                    weight = torch.softmax(logits.masked_fill(self.mask(m) == 0, -1e9), 1)
                    experts = own_experts if self.expertInput == "own" else self.experts(p, inputs[m])
                    r.append((weight[:, :, None] * experts).sum(1))
                    weights.append(weight)
                out["_transfer"] = torch.stack(weights, 1)
            out["representations"] = r = torch.stack(r, 0)  # [N, B, R]
            r_own = r[scenario, own]
        r0 = torch.cat([r_own, specific], 1)  # Eq 10
        h = r0
        scales = []
        hyper_input = r0.detach() if self.hyperStopGrad else r0
        for k in range(len(self.predictor_layers) + 1):
            if self.hypernetwork:  # Eq 11, 12
                hidden = torch.relu(self.hyper(p, f"hyper.{k}.hidden", hyper_input, scenario))
                scale = 2 * torch.sigmoid(self.hyper(p, f"hyper.{k}.scale", hidden, scenario))
                h = h * scale
                scales.append(scale)
            name = "output" if k == len(self.predictor_layers) else f"predictor.{k}"
            weight, bias = p[f"{name}.weight"], p[f"{name}.bias"]
            if self.predictor == "own":
                u = torch.einsum("bi,bio->bo", h, weight[scenario]) + bias[scenario]
            else:
                u = h @ weight + bias
            h = u if name == "output" else leaky(u)
        out["representation"] = r_own
        out["_scales"] = scales
        out["logit"] = h
        return out

    def losses(self, out, x):
        terms = {"click": x.mean(bce_with_logits(out["logit"], x.label))}
        total = terms["click"]
        if self.transfers and self.n > 1 and self.lambdaOrth > 0:
            r = out["representations"]
            pairs = []
            for i in range(self.n):
                for j in range(self.n):
                    if i != j:  # Eq 9
                        norms = torch.sqrt(((r[i] ** 2).sum(1) + 1e-8) * ((r[j] ** 2).sum(1) + 1e-8))
                        cosine = (r[i] * r[j]).sum(1) / norms
                        pairs.append(cosine if self.orthMode == "sum" else cosine**2)
            terms["orth"] = x.mean(torch.stack(pairs).mean(0))
            total = total + self.lambdaOrth * terms["orth"]
        return total, terms

    def scores(self, out, x):
        return dict(
            score=out["logit"],
            probability=torch.sigmoid(out["logit"]),
        )

    def probe(self, out, x):
        weight = x.one_hot * x.weight
        count = weight.sum(0)
        own = torch.arange(x.batch)
        probes = {}
        if self.seGate:
            z = torch.stack(out["_gates"], 1)[own, x.scenario]
            probes["seGate"] = (weight.T @ z, count)
        if self.transfers:
            r = out["representations"]
            unit = r / torch.sqrt((r**2).sum(2, keepdim=True) + 1e-8)
            cosine = torch.einsum("ibk,jbk,b->ij", unit, unit, x.weight[:, 0])
            probes["representationCosine"] = (cosine, x.weight.sum())
        if self.op in ("moe", "cgc"):
            probes["transferGate"] = (weight.T @ out["_transfer"][own, x.scenario], count)
        for k, scale in enumerate(out["_scales"]):
            probes[f"hyperScale{k}"] = (weight.T @ scale, count)
        return probes


def pooled(sequence):
    """Mean of the behaviours that are there [B, F_i d]."""
    return sequence.items.sum(1) / sequence.mask.sum(1, keepdim=True).clamp(min=1)


CASES = {
    "fcn": dict(),
    "fcn-square": dict(orthMode="square", lambdaOrth=0.7),
    "fcn-relu": dict(transferOutput="relu"),
    "cgc-relu": dict(op="cgc", transferOutput="relu", lambdaOrth=0.5),
    "own-hypernetworks": dict(hypernetworkOf="own", hyperStopGrad=True),
    "moe": dict(op="moe"),
    "cgc": dict(op="cgc", lambdaOrth=0.5),
    "cgc-all-inputs": dict(op="cgc", expertInput="all"),
    "history": dict(history="mean"),
    "partitioned": dict(normalisation="partitioned"),
    "without-priors": dict(priors=False),
    "without-constraint": dict(lambdaOrth=0),
    "without-hypernetwork": dict(hypernetwork=False),
    "hyper-stopped": dict(hyperStopGrad=True),
    "plain-star": dict(priors=False, seGate=False, hypernetwork=False, lambdaOrth=0),
    "mix": dict(op="none", priors=False, seGate=False, hypernetwork=False, lambdaOrth=0, predictor="shared"),
}


def main():
    only = sys.argv[1:]
    for name, settings in CASES.items():
        if only and name not in only:
            continue
        with_history = settings.get("history") == "mean"
        shape = make_shape(rows=12, history=5 if with_history else 0)
        given = dict(history=4, own_history=4) if with_history else {}
        batch = make_batch(shape, **given)
        model = OptMSM(shape, 4, **settings)
        v = model.variables()
        write_fixture(
            fixture_path(__file__, name),
            model="optmsm",
            settings=model.settings,
            shape=shape,
            batch=batch,
            variables=v,
            table=v.table(shape, 4),
            forward=model.forward,
            losses=model.losses,
            scores=model.scores,
            probe=model.probe,
            # Statistics of three or four rows: Adam's steps at 1e-2 are beyond what float32 can follow.
            learning_rate=1e-3 if model.normalisation == "partitioned" else 1e-2,
        )


if __name__ == "__main__":
    main()
