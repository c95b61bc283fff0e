"""CausalInt (KDD'22) in PyTorch, written from the paper; every inner gradient is taken by autograd.

Equation numbers are the paper's. Nothing here is derived by hand: gradients of losses by representations
(Eq 9, 12, 14) come from `torch.autograd.grad(..., create_graph=True)`, so that differentiating the total loss once
more gives the exact second-order terms that the lab's closed forms must reproduce.

Batch normalisation couples the rows of a batch. A per-sample gradient (Eq 9, Eq 12) holds the batch's statistics
fixed, so the inner derivative runs through a second pass with detached statistics; with batch norm off the two passes
are one, and `check.py` asserts that the plain derivative of the loss itself gives the same numbers.
"""

from dataclasses import dataclass, field, replace
from typing import Dict, List, Optional, Sequence

import torch
import torch.nn.functional as F

EPS_NORM = 1e-12


@dataclass(frozen=True)
class Config:
    scenarios: int = 3
    dim: int = 4
    common: Sequence[int] = (0, 1, 2, 3)  # fields that make E
    context: Sequence[int] = (3, 4)  # fields that make S
    hidden: Sequence[int] = (8, 6, 5)
    tower_hidden: Sequence[int] = (6,)
    k: int = 3
    slope: float = 0.2
    batch_norm: str = "shared"  # off | shared | domain
    invar: bool = True
    gram_schmidt: bool = True
    maml: bool = True
    first_order: bool = False
    eta: float = 0.1
    fusion: str = "transnet"  # transnet | concat | mul | none
    fusion_source: str = "embedding"  # embedding | experts (concat and mul)
    gate: str = "classifier"  # classifier | endToEnd
    gate_stop_grad: bool = False
    scenario_input: str = "embedding"  # embedding | xSR
    transform: str = "perScenario"  # perScenario | shared (W2 of Eq 19)
    orth_at: str = "xPrime"  # xPrime | xIR
    orth_norm: str = "raw"  # raw | unit
    orth_loss: str = "cos2"  # cos2 | abs
    weights: Dict[str, float] = field(
        default_factory=lambda: dict(invar=1.0, classifier=1.0, concat=1.0, scenario=1.0, orth=1.0, gramSchmidt=1.0)
    )

    def but(self, **changes) -> "Config":
        return replace(self, **changes)


def glorot(gen: torch.Generator, *shape: int) -> torch.Tensor:
    limit = (6.0 / (shape[-2] + shape[-1])) ** 0.5
    return (torch.rand(*shape, generator=gen, dtype=torch.float64) * 2 - 1) * limit


def make_parameters(config: Config, vocabulary: int, seed: int) -> Dict[str, torch.Tensor]:
    """Parameters by name, in float64. Biases and shifts are drawn too, so that a test sees them at work."""
    gen = torch.Generator().manual_seed(seed)

    def small(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=gen, dtype=torch.float64) * 0.2

    p: Dict[str, torch.Tensor] = {}
    p["embedding"] = torch.randn(vocabulary, config.dim, generator=gen, dtype=torch.float64) * 0.6
    p["embedding"][0] = 0
    n, m = config.scenarios, config.hidden[-1]
    e_width = len(config.common) * config.dim
    s_width = m if config.scenario_input == "xSR" else len(config.context) * config.dim

    def stack(name: str, slices: int, width: int, layers: Sequence[int]) -> int:
        for k, out in enumerate(layers):
            p[f"{name}.{k}.weight"] = glorot(gen, slices, width, out)
            if config.batch_norm == "off":
                p[f"{name}.{k}.bias"] = small(slices, out)
            else:
                p[f"{name}.{k}.gamma"] = 1 + small(slices, out)
                p[f"{name}.{k}.beta"] = small(slices, out)
            width = out
        return width

    x_width = e_width
    if config.invar or config.fusion != "none":
        x_width = stack("extractor", 2 if config.invar else 1, e_width, config.hidden)
    if config.invar:
        p["general.weight"], p["general.bias"] = glorot(gen, m, 1), small(1)
        p["scenarioClassifier.weight"], p["scenarioClassifier.bias"] = glorot(gen, m, n), small(n)
        p["concatClassifier.weight"], p["concatClassifier.bias"] = glorot(gen, 2 * m, 1), small(1)
    if uses_experts(config):
        if gate_kind(config) == "endToEnd":
            p["gate.weight"], p["gate.bias"] = glorot(gen, e_width, n), small(n)
        width = expert_width(config)
        p["experts.weight"], p["experts.bias"] = glorot(gen, n, s_width, width), small(n, width)
    if config.fusion == "transnet":
        slices = n if config.transform == "perScenario" else 1
        p["transform.weight"] = glorot(gen, slices, m, config.k)
        tower_in = config.k
    else:
        if config.fusion == "mul" and config.fusion_source == "embedding":
            p["scale.weight"] = glorot(gen, s_width, x_width)
        extra = 0
        if config.fusion == "concat":
            extra = s_width if config.fusion_source == "embedding" else x_width
        layers = config.hidden if config.fusion == "none" and not config.invar else config.tower_hidden
        tower_in = stack("tower", n, x_width + extra, layers)
    p["classifier.weight"], p["classifier.bias"] = glorot(gen, n, tower_in, 1), small(n)
    return p


def uses_experts(config: Config) -> bool:
    return config.fusion == "transnet" or (config.fusion in ("concat", "mul") and config.fusion_source == "experts")


def gate_kind(config: Config) -> str:
    """Without the scenario classifier of task 2 only an end-to-end gate is left."""
    return config.gate if config.invar else "endToEnd"


def expert_width(config: Config) -> int:
    return config.k * config.k if config.fusion == "transnet" else config.hidden[-1]


class CausalInt:
    def __init__(self, config: Config, parameters: Dict[str, torch.Tensor], states: Dict[str, torch.Tensor]):
        self.config, self.p, self.states = config, parameters, states
        self.new_states: Dict[str, torch.Tensor] = {}

    def act(self, x: torch.Tensor) -> torch.Tensor:
        return F.leaky_relu(x, self.config.slope)

    # -- batch norm ---------------------------------------------------------------------------------------------

    def norm(self, name: str, u, gamma, beta, batch, train: bool, frozen: Optional[dict]):
        """u [B, width]. `frozen` None: live statistics, recorded; else the recorded ones, detached."""
        c = self.config
        if c.batch_norm == "off":
            return u
        if frozen is not None and name in frozen["stats"]:
            mean, var = (t.detach() for t in frozen["stats"][name])
        elif not train:
            mean, var = self.states[f"{name}.mean"], self.states[f"{name}.variance"]
            if c.batch_norm == "domain":
                mean, var = batch["one_hot"] @ mean, batch["one_hot"] @ var
        elif c.batch_norm == "shared":
            w = batch["weight"]
            total = w.sum().clamp(min=1)
            mean = (w * u).sum(0) / total
            var = (w * (u - mean) ** 2).sum(0) / total
            self.keep(name, mean, var)
        else:
            o = batch["one_hot"] * batch["weight"]
            count = o.sum(0)[:, None]
            enough = (count >= 2).double()
            live_mean = (o.T @ u) / count.clamp(min=1)
            mean_n = enough * live_mean + (1 - enough) * self.states[f"{name}.mean"]
            mean = batch["one_hot"] @ mean_n
            live_var = (o.T @ (u - mean) ** 2) / count.clamp(min=1)
            var_n = enough * live_var + (1 - enough) * self.states[f"{name}.variance"]
            var = batch["one_hot"] @ var_n
            self.keep(name, mean_n, var_n)
        self.live_stats[name] = (mean, var)
        return gamma * (u - mean) / torch.sqrt(var + 1e-5) + beta

    def keep(self, name: str, mean, var) -> None:
        for kind, value in (("mean", mean), ("variance", var)):
            old = self.states[f"{name}.{kind}"]
            self.new_states[f"{name}.{kind}"] = (0.9 * old + 0.1 * value).detach()

    # -- parts --------------------------------------------------------------------------------------------------

    def extract(self, which: int, e, batch, train, frozen=None):
        """f_theta (Eq 1, 2): `which` 0 invariant, 1 scenario-aware. [B, Fd] -> [B, M]."""
        h = e
        for k in range(len(self.config.hidden)):
            u = h @ self.p[f"extractor.{k}.weight"][which]
            gamma, beta = None, None
            if self.config.batch_norm == "off":
                u = u + self.p[f"extractor.{k}.bias"][which]
            else:
                gamma, beta = self.p[f"extractor.{k}.gamma"][which], self.p[f"extractor.{k}.beta"][which]
            h = self.act(self.norm(f"extractor.{which}.{k}", u, gamma, beta, batch, train, frozen))
        return h

    def tower(self, x, batch, train, frozen=None):
        """Scenario d's own layers for rows of scenario d. [B, in] -> logit [B, 1] (g_phi^d of Eq 10, 21)."""
        c, scenario = self.config, batch["scenario"]
        h = x
        layers = [name for name in self.p if name.startswith("tower.") and name.endswith(".weight")]
        for k in range(len(layers)):
            u = torch.einsum("bi,bio->bo", h, self.p[f"tower.{k}.weight"][scenario])
            gamma, beta = None, None
            if c.batch_norm == "off":
                u = u + self.p[f"tower.{k}.bias"][scenario]
            else:
                gamma, beta = self.p[f"tower.{k}.gamma"][scenario], self.p[f"tower.{k}.beta"][scenario]
            h = self.act(self.norm(f"tower.{k}", u, gamma, beta, batch, train, frozen))
        return torch.einsum("bi,bio->bo", h, self.p["classifier.weight"][scenario]) + self.p["classifier.bias"][
            scenario
        ].unsqueeze(1)

    def experts(self, s):
        """H^{d,p} (Eq 18, 20) for every p. [B, d_s] -> [B, N, width]."""
        return self.act(torch.einsum("bi,nio->bno", s, self.p["experts.weight"]) + self.p["experts.bias"])

    def fuse(self, x, s, transferred, batch, train, frozen=None):
        """z^d of Eq 10 / Eq 21 from a representation x [B, M]."""
        c = self.config
        if c.fusion == "transnet":
            w2 = self.p["transform.weight"]
            w2 = w2[batch["scenario"]] if c.transform == "perScenario" else w2[0].expand(x.shape[0], -1, -1)
            v = self.act(torch.einsum("bm,bmk->bk", x, w2))
            q = torch.einsum("bj,bjk->bk", v, transferred.reshape(-1, c.k, c.k))
            return self.tower(self.act(q), batch, train, frozen)
        if c.fusion == "none":
            return self.tower(x, batch, train, frozen)
        if c.fusion == "concat":
            other = s if c.fusion_source == "embedding" else transferred
            return self.tower(torch.cat([x, other], 1), batch, train, frozen)
        scale = s @ self.p["scale.weight"] if c.fusion_source == "embedding" else transferred
        return self.tower(x * scale, batch, train, frozen)

    # -- the step -----------------------------------------------------------------------------------------------

    def forward(self, batch, train: bool):
        c, p = self.config, self.p
        self.live_stats = {}
        rows = p["embedding"][batch["ids"]]
        e = rows[:, list(c.common)].flatten(1)
        s = rows[:, list(c.context)].flatten(1)
        y = batch["label"]
        out = {"e": e}
        x = e
        if c.invar or c.fusion != "none":
            x = self.extract(0, e, batch, train)
        out["xIR"] = x
        if c.invar:
            out["xSR"] = x_sr = self.extract(1, e, batch, train)
            out["generalLogit"] = x @ p["general.weight"] + p["general.bias"]
            out["scenarioLogit"] = x_sr @ p["scenarioClassifier.weight"] + p["scenarioClassifier.bias"]
            both = torch.cat([x, x_sr], 1)
            out["concatLogit"] = both @ p["concatClassifier.weight"] + p["concatClassifier.bias"]
            if c.scenario_input == "xSR":
                s = x_sr
        out["xPrime"] = x
        if train and c.maml and c.invar:
            # Eq 14: the gradient of each sample's own Loss_1.
            loss1 = F.binary_cross_entropy_with_logits(out["generalLogit"], y, reduction="sum")
            (d1,) = torch.autograd.grad(loss1, x, create_graph=True)
            if c.first_order:
                d1 = d1.detach()
            out["innerGradient"] = d1
            out["xPrime"] = x - c.eta * d1
        transferred = None
        if uses_experts(c):
            if gate_kind(c) == "classifier":
                alpha = torch.softmax(out["scenarioLogit"], 1)
                if c.gate_stop_grad:
                    alpha = alpha.detach()
            else:
                alpha = torch.softmax(e @ p["gate.weight"] + p["gate.bias"], 1)
            out["alpha"] = alpha
            h = self.experts(s)
            own = batch["one_hot"][:, :, None]
            expert = torch.where(own > 0, h, h.detach())  # Eq 20
            out["transferred"] = transferred = (alpha[:, :, None] * expert).sum(1)
        out["logit"] = self.fuse(out["xPrime"], s, transferred, batch, train)
        out["s"] = s
        return out

    def losses(self, out, batch, train: bool):
        c = self.config
        y, w = batch["label"], batch["weight"]
        total_weight = w.sum().clamp(min=1)

        def mean(q):
            return (w * q).sum() / total_weight

        def bce(z):
            return F.binary_cross_entropy_with_logits(z, y, reduction="none")

        terms = {}
        if c.invar:
            terms["invar"] = mean(bce(out["generalLogit"]))
            cross = F.cross_entropy(out["scenarioLogit"], batch["scenario"], reduction="none")[:, None]
            terms["classifier"] = mean(cross)
            terms["concat"] = mean(bce(out["concatLogit"]))
            terms["orth"] = mean(self.orthogonality(out, batch, train))
        terms["scenario"] = mean(bce(out["logit"]))
        if c.gram_schmidt:
            terms["gramSchmidt"] = self.gram_schmidt(out, batch, train)
        total = sum(c.weights[name] * value for name, value in terms.items())
        return total, terms

    def orthogonality(self, out, batch, train):
        """Eq 9, per sample [B, 1]."""
        frozen = {"stats": dict(self.live_stats)}
        p, e = self.p, out["e"]
        z1 = self.extract(0, e, batch, train, frozen) @ p["general.weight"] + p["general.bias"]
        zc = self.extract(1, e, batch, train, frozen) @ p["scenarioClassifier.weight"] + p["scenarioClassifier.bias"]
        # dLoss/dz at the live logits, chained into d z / d E with statistics held fixed.
        dz1 = torch.sigmoid(out["generalLogit"]) - batch["label"]
        dzc = torch.softmax(out["scenarioLogit"], 1) - batch["one_hot"]
        (g1,) = torch.autograd.grad(z1, e, grad_outputs=dz1, create_graph=True)
        (g2,) = torch.autograd.grad(zc, e, grad_outputs=dzc, create_graph=True)
        out["cosine"] = cosine = F.cosine_similarity(g1, g2, dim=1, eps=1e-30)[:, None]
        return cosine**2 if self.config.orth_loss == "cos2" else cosine.abs()

    def scenario_gradients(self, out, batch, train):
        """g^d of Eq 12: mean over the rows of scenario d of the gradient of Loss^d [N, M]."""
        c = self.config
        x = out["xPrime"] if c.orth_at == "xPrime" else out["xIR"]
        z_live = out["logit"]
        if c.orth_at == "xIR" and x is not out["xPrime"]:
            z_live = self.fuse(x, out["s"], out.get("transferred"), batch, train, {"stats": {}})
        frozen = {"stats": dict(self.live_stats)}
        # A copy of x, so that S and the experts are held fixed even where they are made from the same embedding.
        x_in = x * 1.0
        z = self.fuse(x_in, out["s"], out.get("transferred"), batch, train, frozen)
        dz = torch.sigmoid(z_live) - batch["label"]
        (d,) = torch.autograd.grad(z, x_in, grad_outputs=dz, create_graph=True)
        o = batch["one_hot"] * batch["weight"]
        return (o.T @ d) / o.sum(0).clamp(min=1)[:, None]

    def gram_schmidt(self, out, batch, train):
        """Eq 12 and 13, in the order of `batch["order"]` (all scenarios where absent)."""
        g = self.scenario_gradients(out, batch, train)
        out["scenarioGradient"] = g
        order: List[int] = batch.get("order") or list(range(g.shape[0]))
        rows = [g[i] for i in order]
        if self.config.orth_norm == "unit":
            rows = [r / (r.detach().norm() + 1e-12) for r in rows]
        basis: List[torch.Tensor] = []
        for r in rows:
            b = r
            for m in basis:
                b = b - (r @ m) / (m @ m + EPS_NORM) * m
            basis.append(b)
        out["basis"] = torch.stack(basis)
        return 0.5 * sum(((r - b) ** 2).sum() for r, b in zip(rows, basis))

    def votes(self, out, batch):
        """y^{d,p} (Eq 19), made a scalar by the classifier of the row's own scenario [B, N]."""
        c = self.config
        w2 = self.p["transform.weight"]
        w2 = w2[batch["scenario"]] if c.transform == "perScenario" else w2[0].expand(out["xIR"].shape[0], -1, -1)
        v = self.act(torch.einsum("bm,bmk->bk", out["xIR"], w2))
        h = self.experts(out["s"])
        q = torch.einsum("bj,bpjk->bpk", v, h.reshape(h.shape[0], -1, c.k, c.k))
        z = torch.einsum("bpk,bk->bp", self.act(q), self.p["classifier.weight"][batch["scenario"]][:, :, 0])
        return torch.sigmoid(z + self.p["classifier.bias"][batch["scenario"]][:, None])
