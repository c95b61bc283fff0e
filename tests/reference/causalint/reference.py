"""CausalInt (KDD'22) in PyTorch, written from the paper; every inner gradient is taken by autograd.

Equation numbers are the paper's. Nothing here is derived by hand: gradients of losses by representations
(Eq 9, 12, 14) come from `torch.autograd.grad(..., create_graph=True)`, so that differentiating the total loss once
more gives the exact second-order terms that the lab's closed forms must reproduce.

Batch normalisation couples the rows of a batch. A per-sample gradient (Eq 9, Eq 12) holds the batch's statistics
fixed, so its inner derivative runs through a second pass with detached statistics; with batch norm off the two passes
are one, and `check_plain_derivatives` asserts that the derivative of the loss itself, without any of this machinery,
gives the same numbers.

Run: python3 reference.py
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import *  # noqa: E402,F403

import torch.nn.functional as F  # noqa: E402

from parts import largest_scenarios  # noqa: E402

DEFAULTS = dict(
    hidden=[8, 6, 5],
    towerHidden=[6],
    transWidth=3,
    peers=8,
    leakySlope=0.2,
    innerRate=0.1,
    batchNorm="shared",
    dropout=0,
    invar=True,
    gramSchmidt=True,
    maml=True,
    firstOrder=False,
    fusion="transnet",
    fusionInput="embedding",
    gate="classifier",
    gateStopGrad=False,
    scenarioInput="embedding",
    scenarioFieldInE=False,
    transform="perScenario",
    orthAt="xPrime",
    orthNorm="raw",
    orNorm="l2",
    orOrder="traffic",
    orthLoss="cos2",
    weightInvar=1,
    weightClassifier=1,
    weightConcat=1,
    weightScenario=1,
    weightOrth=1,
    weightGramSchmidt=1,
)


class CausalInt:
    def __init__(self, shape, dim, **settings):
        unknown = set(settings) - set(DEFAULTS)
        if unknown:
            raise ValueError(f"unknown settings {unknown}")
        self.settings = dict(DEFAULTS, **settings)
        for name, value in self.settings.items():
            setattr(self, name, value)
        self.n, self.m = shape["scenarios"], self.hidden[-1]
        self.scenario_rows = shape["scenarioRows"]
        fields = shape["fields"]
        self.common = [i for i, f in enumerate(fields) if f["role"] != "scenario" or self.scenarioFieldInE]
        self.context = [i for i, f in enumerate(fields) if f["role"] == "scenario" or f["scenarioSpecific"]]
        self.e_width = len(self.common) * dim
        self.s_width = self.m if self.scenarioInput == "xSr" and self.invar else len(self.context) * dim
        self.has_extractor = self.invar or self.fusion != "none"
        self.slices = 2 if self.invar else 1
        self.uses_experts = self.fusion == "transnet" or (
            self.fusion in ("concat", "mul") and self.fusionInput == "experts"
        )
        # Without task 2 there is no scenario classifier to read as a gate.
        self.gate_kind = self.gate if self.invar else "endToEnd"
        self.x_width = self.m if self.has_extractor else self.e_width
        if self.fusion == "transnet":
            self.tower_layers, self.tower_in = [], self.transWidth
        else:
            bottom = self.fusion == "none" and not self.invar
            self.tower_layers = list(self.hidden if bottom else self.towerHidden)
            extra = 0
            if self.fusion == "concat":
                extra = self.s_width if self.fusionInput == "embedding" else self.x_width
            self.tower_in = self.x_width + extra

    def variables(self, seed=2):
        v = Variables(seed)
        n, m = self.n, self.m

        def norm(name, width, *lead):
            """Scale and shift [*lead, width]; statistics the same, or by scenario [N, units]."""
            if self.batchNorm == "off":
                return
            v._add(f"{name}.gamma", "norm", 1 + 0.2 * v._normal((*lead, width)))
            v._add(f"{name}.beta", "norm", 0.2 * v._normal((*lead, width)))
            domain = self.batchNorm == "domain"
            v.moving(name, *([n, math.prod(lead) * width] if domain else [*lead, width]))

        if self.has_extractor:
            width = self.e_width
            for k, out in enumerate(self.hidden):
                v.weight(f"extractor.{k}.weight", self.slices, width, out)
                if self.batchNorm == "off":
                    v.bias(f"extractor.{k}.bias", self.slices, out)
                norm(f"extractor.{k}.norm", out, self.slices)
                width = out
        if self.invar:
            v.weight("general.weight", m, 1)
            v.bias("general.bias", 1)
            v.weight("scenarioClassifier.weight", m, n)
            v.bias("scenarioClassifier.bias", n)
            v.weight("concatClassifier.weight", 2 * m, 1)
            v.bias("concatClassifier.bias", 1)
        if self.uses_experts:
            if self.gate_kind == "endToEnd":
                v.weight("gate.weight", self.e_width, n)
                v.bias("gate.bias", n)
            width = self.transWidth**2 if self.fusion == "transnet" else self.x_width
            v.weight("experts.weight", n, self.s_width, width)
            v.bias("experts.bias", n, width)
        if self.fusion == "transnet":
            if self.transform == "perScenario":
                v.weight("transform.weight", n, m, self.transWidth)
            else:
                v.weight("transform.weight", m, self.transWidth)
        elif self.fusion == "mul" and self.fusionInput == "embedding":
            v.weight("scale.weight", self.s_width, self.x_width)
        width = self.tower_in
        for k, out in enumerate(self.tower_layers):
            v.weight(f"tower.{k}.weight", n, width, out)
            if self.batchNorm == "off":
                v.bias(f"tower.{k}.bias", n, out)
            norm(f"tower.{k}.norm", out)
            width = out
        v.weight("output.weight", n, width, 1)
        v.bias("output.bias", n, 1)
        return v

    # -- batch norm ---------------------------------------------------------------------------------------------

    def norm(self, name, part, u, run, frozen):
        """u [B, width] through slice `part` of the norm `name` (None: the only one). `frozen`: statistics of the live
        pass, held fixed."""
        if self.batchNorm == "off":
            return u
        p, s, x, mode = run["p"], run["s"], run["x"], run["mode"]
        gamma, beta, units = p[f"{name}.gamma"], p[f"{name}.beta"], slice(None)
        if part is not None:
            gamma, beta = gamma[part], beta[part]
            width = u.shape[1]
            units = slice(part * width, (part + 1) * width) if self.batchNorm == "domain" else part
        key = (name, part)
        if frozen:
            mean, var = (t.detach() for t in run["stats"][key])
        elif not mode.train:
            mean, var = s[f"{name}.mean"], s[f"{name}.variance"]
            if self.batchNorm == "domain":
                mean, var = x.one_hot @ mean[:, units], x.one_hot @ var[:, units]
            else:
                mean, var = mean[units], var[units]
        elif self.batchNorm == "shared":
            total = x.weight.sum().clamp(min=1)
            mean = (x.weight * u).sum(0) / total
            var = (x.weight * (u - mean) ** 2).sum(0) / total
            self.keep(run, name, units, mean, var)
        else:
            o = x.one_hot * x.weight
            count = o.sum(0)[:, None]
            enough = (count >= 2).to(u.dtype)
            live = (o.T @ u) / count.clamp(min=1)
            mean_n = enough * live + (1 - enough) * s[f"{name}.mean"][:, units]
            mean = x.one_hot @ mean_n
            live = (o.T @ (u - mean) ** 2) / count.clamp(min=1)
            var_n = enough * live + (1 - enough) * s[f"{name}.variance"][:, units]
            var = x.one_hot @ var_n
            self.keep(run, name, (slice(None), units), mean_n, var_n)
        if not frozen:
            run["stats"][key] = (mean, var)
        return gamma * (u - mean) / torch.sqrt(var + BN_EPS) + beta

    def keep(self, run, name, units, mean, var):
        if run["quiet"]:
            return
        for kind, value in (("mean", mean), ("variance", var)):
            full = f"{name}.{kind}"
            if full not in run["mode"].recorded:
                run["mode"].record(full, torch.zeros_like(run["s"][full]))
            old = run["s"][full][units]
            run["mode"].recorded[full][units] = (BN_KEEP * old + (1 - BN_KEEP) * value).detach()

    # -- parts --------------------------------------------------------------------------------------------------

    def extract(self, which, e, run, frozen=False):
        """f_theta (Eq 1, 2): `which` 0 invariant, 1 scenario-aware. [B, F d] -> [B, M]."""
        p, h = run["p"], e
        for k in range(len(self.hidden)):
            u = h @ p[f"extractor.{k}.weight"][which]
            if self.batchNorm == "off":
                u = u + p[f"extractor.{k}.bias"][which]
            h = leaky(self.norm(f"extractor.{k}.norm", which, u, run, frozen), self.leakySlope)
        return h

    def tower(self, h, run, frozen=False):
        """Scenario d's own layers for rows of scenario d. [B, in] -> logit [B, 1] (g_phi^d of Eq 10, 21)."""
        p, scenario = run["p"], run["x"].scenario
        for k in range(len(self.tower_layers)):
            u = torch.einsum("bi,bio->bo", h, p[f"tower.{k}.weight"][scenario])
            if self.batchNorm == "off":
                u = u + p[f"tower.{k}.bias"][scenario]
            h = leaky(self.norm(f"tower.{k}.norm", None, u, run, frozen), self.leakySlope)
        return torch.einsum("bi,bio->bo", h, p["output.weight"][scenario]) + p["output.bias"][scenario]

    def experts(self, s, run):
        """H^{d,p} (Eq 18, 20) for every p. [B, d_s] -> [B, N, width]."""
        h = torch.einsum("bi,nio->bno", s, run["p"]["experts.weight"]) + run["p"]["experts.bias"]
        return leaky(h, self.leakySlope)

    def heard(self, alpha, x):
        """Of alpha [B, N], what is left where a row asks its own expert and those of the `peers` scenarios with most training rows."""
        pool = largest_scenarios(x.shape, self.peers)
        asked = torch.tensor([[n in pool or n == own for n in range(self.n)] for own in x.scenario.tolist()])
        left = torch.where(asked, alpha, torch.zeros_like(alpha))
        return left / left.sum(1, keepdim=True)

    def adapt(self, x, run):
        """V^d (Eq 19). [B, M] -> [B, K]."""
        w2 = run["p"]["transform.weight"]
        if self.transform == "perScenario":
            return leaky(torch.einsum("bm,bmk->bk", x, w2[run["x"].scenario]), self.leakySlope)
        return leaky(x @ w2, self.leakySlope)

    def fuse(self, x, s, transferred, run, frozen=False):
        """z^d of Eq 10 or Eq 21 from a representation x [B, M]."""
        if self.fusion == "transnet":
            matrix = transferred.reshape(-1, self.transWidth, self.transWidth)
            q = torch.einsum("bj,bjk->bk", self.adapt(x, run), matrix)
            return self.tower(leaky(q, self.leakySlope), run, frozen)
        if self.fusion == "none":
            return self.tower(x, run, frozen)
        other = s if self.fusionInput == "embedding" else transferred
        if self.fusion == "concat":
            return self.tower(torch.cat([x, other], 1), run, frozen)
        scale = s @ run["p"]["scale.weight"] if self.fusionInput == "embedding" else transferred
        return self.tower(x * scale, run, frozen)

    # -- the step -----------------------------------------------------------------------------------------------

    def forward(self, p, s, x, mode):
        run = dict(p=p, s=s, x=x, mode=mode, stats={}, quiet=False)
        e = x.fields[:, self.common].flatten(1)
        scenario_aware = x.fields[:, self.context].flatten(1)
        out = {"_run": run, "_e": e}
        representation = self.extract(0, e, run) if self.has_extractor else e
        out["xIR"] = representation
        if self.invar:
            out["xSR"] = x_sr = self.extract(1, e, run)
            out["generalLogit"] = representation @ p["general.weight"] + p["general.bias"]
            out["scenarioLogit"] = x_sr @ p["scenarioClassifier.weight"] + p["scenarioClassifier.bias"]
            both = torch.cat([representation, x_sr], 1)
            out["concatLogit"] = both @ p["concatClassifier.weight"] + p["concatClassifier.bias"]
            if self.scenarioInput == "xSr":
                scenario_aware = x_sr
        out["_s"] = scenario_aware
        out["xPrime"] = representation
        if mode.train and self.maml and self.invar:
            # Eq 14, by each sample's own Loss_1.
            loss1 = (x.weight * bce_with_logits(out["generalLogit"], x.label)).sum()
            (d1,) = torch.autograd.grad(loss1, representation, create_graph=True)
            if self.firstOrder:
                d1 = d1.detach()
            out["xPrime"] = representation - self.innerRate * d1
        transferred = None
        if self.uses_experts:
            if self.gate_kind == "classifier":
                alpha = torch.softmax(out["scenarioLogit"], 1)
                if self.gateStopGrad:
                    alpha = alpha.detach()
            else:
                alpha = torch.softmax(e @ p["gate.weight"] + p["gate.bias"], 1)
            out["alpha"] = alpha
            h = self.experts(scenario_aware, run)
            own = x.one_hot[:, :, None] > 0
            heard = self.heard(alpha, x) if self.peers and self.n > 64 else alpha
            out["transferred"] = transferred = (heard[:, :, None] * torch.where(own, h, h.detach())).sum(1)  # Eq 20
        out["_transferred"] = transferred
        out["logit"] = self.fuse(out["xPrime"], scenario_aware, transferred, run)
        return out

    def losses(self, out, x):
        terms = {"scenario": x.mean(bce_with_logits(out["logit"], x.label))}
        if self.invar:
            terms["invar"] = x.mean(bce_with_logits(out["generalLogit"], x.label))
            terms["classifier"] = x.mean(F.cross_entropy(out["scenarioLogit"], x.scenario, reduction="none"))
            terms["concat"] = x.mean(bce_with_logits(out["concatLogit"], x.label))
            if self.weightOrth > 0:
                cosine = self.cosine(out, x)
                terms["orth"] = x.mean(cosine**2 if self.orthLoss == "cos2" else cosine.abs())
        if self.gramSchmidt and self.weightGramSchmidt > 0:
            terms["gramSchmidt"] = self.gram_schmidt(out, x)
        weight = {name: getattr(self, "weight" + name[0].upper() + name[1:]) for name in terms}
        return sum(weight[name] * value for name, value in terms.items()), terms

    def cosine(self, out, x):
        """Cosine of the per-sample gradients of Loss_1 and Loss_2 by E (Eq 9) [B]."""
        run, e = out["_run"], out["_e"]
        z1 = self.extract(0, e, run, True) @ run["p"]["general.weight"]
        zc = self.extract(1, e, run, True) @ run["p"]["scenarioClassifier.weight"]
        # d Loss / d logit at the live logits, chained into d logit / d E with the batch's statistics held fixed.
        dz1 = torch.sigmoid(out["generalLogit"]) - x.label
        dzc = torch.softmax(out["scenarioLogit"], 1) - x.one_hot
        (g1,) = torch.autograd.grad(z1, e, grad_outputs=dz1, create_graph=True)
        (g2,) = torch.autograd.grad(zc, e, grad_outputs=dzc, create_graph=True)
        out["_g1"], out["_g2"] = g1, g2
        out["_cosine"] = (g1 * g2).sum(1) / (g1.norm(dim=1) * g2.norm(dim=1))
        return out["_cosine"]

    def sample_gradient(self, out, x):
        """Gradient of each sample's Loss^d by the representation [B, M]."""
        run = out["_run"]
        at_ir = self.orthAt == "xIr" and out["xPrime"] is not out["xIR"]
        representation = out["xIR"] if at_ir else out["xPrime"]
        z_live = out["logit"]
        if at_ir:
            run["quiet"] = True  # a second pass with its own statistics, which moving averages do not see
            z_live = self.fuse(representation, out["_s"], out["_transferred"], run)
            run["quiet"] = False
        # A copy, so that S and the experts stay fixed even where they come from the same embedding.
        copy = representation * 1.0
        z = self.fuse(copy, out["_s"], out["_transferred"], run, True)
        dz = torch.sigmoid(z_live) - x.label
        (d,) = torch.autograd.grad(z, copy, grad_outputs=dz, create_graph=True)
        return d

    def gram_schmidt(self, out, x):
        """Eq 12 and 13, one scenario after the other."""
        o = x.one_hot * x.weight
        g = (o.T @ self.sample_gradient(out, x)) / o.sum(0).clamp(min=1)[:, None]
        out["_g"] = g
        rows = [g[i] for i in self.order(out)]
        if self.orthNorm == "unit":
            rows = [r / torch.sqrt((r.detach() ** 2).sum() + 1e-12) for r in rows]
        basis = []
        for r in rows:
            basis.append(r - sum((r @ b) / (b @ b + 1e-12) * b for b in basis))
        out["_basis"] = torch.stack(basis)
        squares = [((r - b) ** 2).sum() for r, b in zip(rows, basis)]
        if self.orNorm == "squared":
            return 0.5 * sum(squares)
        return sum(torch.sqrt(square + 1e-12) - 1e-6 for square in squares)

    def order(self, out):
        """Scenarios that take part, in the order of Gram-Schmidt: all, or 8 where there are more than 10. What is drawn is
        drawn by scripted coin flips [N, 24]."""
        if self.n > 10 or self.orOrder == "random":
            flips = out["_run"]["mode"].masks[-1]
            value = (flips * 0.5 ** torch.arange(2, 26)).sum(1)
            return torch.argsort(value, descending=True)[: self.n if self.n <= 10 else 8].tolist()
        ranked = sorted(range(self.n), key=lambda d: -self.scenario_rows[d])
        return dict(traffic=ranked, reversed=ranked[::-1], dataset=list(range(self.n)))[self.orOrder]

    def scores(self, out, x):
        probability = torch.sigmoid(out["logit"])
        return dict(score=out["logit"], probability=probability)

    def votes(self, out, x):
        """y^{d,p} (Eq 19), made a scalar by the classifier of the row's own scenario [B, N]."""
        run = out["_run"]
        v = self.adapt(out["xIR"], run)
        h = self.experts(out["_s"], run).reshape(-1, self.n, self.transWidth, self.transWidth)
        q = leaky(torch.einsum("bj,bpjk->bpk", v, h), self.leakySlope)
        z = torch.einsum("bpk,bko->bp", q, run["p"]["output.weight"][x.scenario])
        return torch.sigmoid(z + run["p"]["output.bias"][x.scenario])

    def probe(self, out, x):
        run = out["_run"]
        with torch.enable_grad():
            leaf = torch.nn.Parameter(x.fields.detach())
            again = Inputs.__new__(Inputs)
            again.__dict__.update(x.__dict__, fields=leaf)
            out = self.forward(run["p"], run["s"], again, run["mode"])
            weight = x.one_hot * x.weight
            count = weight.sum(0)
            probes = {}
            if "alpha" in out:
                probes["alpha"] = (weight.T @ out["alpha"], count)
            if self.fusion == "transnet":
                probes["votes"] = (weight.T @ self.votes(out, x), count)
            probes["scenarioGradient"] = (weight.T @ self.sample_gradient(out, x), count)
            if self.invar:
                cosine = self.cosine(out, x)
                bins = torch.clamp(torch.floor((cosine + 1) * 10), 0, 19).long()
                probes["orthogonality"] = (weight.T @ F.one_hot(bins, 20).to(weight.dtype), count)
                loss1 = bce_with_logits(out["generalLogit"], x.label).sum()
                (d1,) = torch.autograd.grad(loss1, out["xIR"])
                probes["innerStep"] = (weight.T @ d1.norm(dim=1), count)
        return {k: (a.detach(), b.detach()) for k, (a, b) in probes.items()}


def check_plain_derivatives(model, shape, batch, variables, table):
    """Without batch norm the inner gradients are plain derivatives of the losses; no frozen pass is needed."""
    p = {k: v.clone().requires_grad_(True) for k, v in variables.parameters.items()}
    x = Inputs(table.clone().requires_grad_(True), shape, batch)
    out = model.forward(p, variables.states, x, Mode(True))
    model.cosine(out, x)
    cross = F.cross_entropy(out["scenarioLogit"], x.scenario, reduction="sum")
    loss1 = bce_with_logits(out["generalLogit"], x.label).sum()
    (g1,) = torch.autograd.grad(loss1, out["_e"], retain_graph=True)
    (g2,) = torch.autograd.grad(cross, out["_e"], retain_graph=True)
    assert torch.allclose(g1, out["_g1"], atol=1e-12) and torch.allclose(g2, out["_g2"], atol=1e-12)
    (d,) = torch.autograd.grad(bce_with_logits(out["logit"], x.label).sum(), out["xPrime"], retain_graph=True)
    assert torch.allclose(d, model.sample_gradient(out, x), atol=1e-12)


CASES = {
    "full": dict(),
    "plain": dict(batchNorm="off", innerRate=0.05),
    "unit-first-order": dict(orthNorm="unit", firstOrder=True, orthLoss="abs", gateStopGrad=True, transform="shared"),
    "con": dict(fusion="concat", fusionInput="experts", orthAt="xIr", gate="endToEnd", scenarioFieldInE=True),
    "con-domain": dict(fusion="concat", batchNorm="domain", orNorm="squared"),
    "mul": dict(fusion="mul", batchNorm="off", scenarioInput="xSr"),
    "mul-experts": dict(fusion="mul", fusionInput="experts", orthAt="xIr", batchNorm="off", orthNorm="unit"),
    "shared-bottom": dict(invar=False, gramSchmidt=False, maml=False, fusion="none"),
    "bottom-orth": dict(invar=False, maml=False, fusion="none", orthNorm="unit", weightGramSchmidt=2),
    "trans-alone": dict(invar=False, gramSchmidt=False, maml=False),
    "many-scenarios": dict(orthNorm="unit"),
    "peers": dict(orthNorm="unit", peers=3, transWidth=2, hidden=[4, 3]),
    "peers-mul": dict(fusion="mul", fusionInput="experts", peers=2, gateStopGrad=True, gramSchmidt=False, hidden=[4, 3], towerHidden=[3]),
    "or-squared": dict(orNorm="squared", orOrder="dataset"),
    "or-reversed": dict(orOrder="reversed", fusion="concat"),
    "or-random": dict(orOrder="random", orthNorm="unit"),
}


def main():
    only = sys.argv[1:]
    for name, settings in CASES.items():
        if only and name not in only:
            continue
        asked = "peers" in settings
        many = name == "many-scenarios" or asked
        shape = make_shape(rows=26 if many else 12, scenarios=66 if asked else 12 if many else 3)
        batch = make_batch(shape)
        dropout = []
        if (many and settings.get("gramSchmidt", True)) or settings.get("orOrder") == "random":
            size = (shape["scenarios"], 24)
            flips = torch.randint(0, 2, size, generator=torch.Generator().manual_seed(5)) * 2.0
            dropout = [flips]
        model = CausalInt(shape, 4, **settings)
        v = model.variables()
        table = v.table(shape, 4)
        if model.batchNorm == "off" and model.invar and model.orthAt == "xPrime":
            check_plain_derivatives(model, shape, batch, v, table)
        write_fixture(
            fixture_path(__file__, name),
            model="causalint",
            settings=model.settings,
            shape=shape,
            batch=batch,
            variables=v,
            table=table,
            forward=model.forward,
            losses=model.losses,
            scores=model.scores,
            probe=model.probe,
            dropout=dropout,
        )


if __name__ == "__main__":
    main()
