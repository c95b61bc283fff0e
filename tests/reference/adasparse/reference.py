"""AdaSparse (Yang et al., CIKM 2022): a domain's own weight for every neuron, which prunes where it is small.

    python3 reference.py            writes every fixture

Weighting factors (section 2.2) by binarisation, scaling or their fusion; sparsity of each layer held within bounds (2.3).
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403

HIDDEN = (6, 5)
SIZES = (WIDTH, *HIDDEN)


def kept(value, threshold):
    """1 where the value is above the threshold, else 0. A step: it has no gradient."""
    return torch.tensor([1.0 if float(v) > threshold else 0.0 for v in value])


def factors_of(factor, v, temperature, beta, threshold):
    """Weighting factors of one row's neurons, and which of them are kept (with the gradient that stands in for a step)."""
    if factor == "scaling":
        return beta * torch.sigmoid(v), None
    q = torch.sigmoid(temperature * v)
    if factor == "binarization":
        straight = q + (kept(q, threshold) - q).detach()
        return straight, straight
    keep = kept(beta * q, threshold)
    return beta * q * keep, q + (keep - q).detach()


def make_forward(factor, beta, threshold, moves, control, norm):
    def forward(p, s, x, mode):
        h = x.flat()
        out, shares = {}, []
        for k in range(len(SIZES)):
            factors, keeps = [], []
            for b in range(x.batch):
                v = torch.cat([p["scenario.embedding"][x.scenario[b]], h[b]]) @ p[f"pruner.{k}.weight"]
                temperature = None if factor == "scaling" else s["pruner.temperature"][0]
                pi, keep = factors_of(factor, v, temperature, beta, threshold)
                factors.append(pi)
                keeps.append(keep)
            out[f"factor{k}"] = torch.stack(factors)
            h = out[f"factor{k}"] * h
            if factor != "scaling" and control:
                shares.append(batch_mean(x, [keep.mean() for keep in keeps]))
            h = layer(p, s, h, mode, x, f"mlp.{k}", norm) if k < len(HIDDEN) else linear(p, "output", h)
        if mode.train:
            # Used first, moved afterwards.
            for name, (step, end) in moves.items():
                mode.record(name, (s[name] + step).clamp(max=end))
        strength = s["pruner.strength"][0] if shares else None
        return {"logit": h, **out, "_kept": shares, "_strength": strength}

    return forward


def make_losses(low, high):
    def losses(out, x):
        total, terms = click(out, x)
        if not out["_kept"]:
            return total, terms
        middle, away = (low + high) / 2, []
        for share in out["_kept"]:
            ratio = 1 - share
            # Outside its bounds the weight of a layer grows with the distance; the weight itself is not trained.
            inside = low <= float(ratio) <= high
            strength = 0.0 if inside else float(out["_strength"]) * abs(float(ratio) - middle)
            away.append(strength * torch.abs(ratio - middle))
        sparsity = sum(away) / len(away)
        return total + sparsity, {**terms, "sparsity": sparsity}

    return losses


def case(name, seed, factor="fusion", *, temperature=1.0, step=0.05, end=10.0, low=0.15, high=0.25, control=True, norm="off"):
    beta, threshold, strength, growth = 2.0, 0.25, 0.5, 0.1
    v = Variables(seed)
    declare_scenarios(v)
    for k, width in enumerate(SIZES):
        # Wide enough that some factors fall below the threshold.
        v.weight(f"pruner.{k}.weight", D + width, width, scale=2.0)
    declare_mlp(v, "mlp", SIZES, norm=norm == "shared")
    declare_linear(v, "output", HIDDEN[-1], 1)
    moves = {}
    if factor != "scaling":
        v.states["pruner.temperature"] = torch.tensor([temperature])
        moves["pruner.temperature"] = (step, end)
        if control:
            v.states["pruner.strength"] = torch.tensor([strength])
            moves["pruner.strength"] = (growth, math.inf)
    settings = dict(
        hidden=list(HIDDEN),
        factor=factor,
        beta=beta,
        threshold=threshold,
        temperatureStep=step,
        temperatureEnd=end,
        sparsityLow=low,
        sparsityHigh=high,
        sparsityGrowth=growth,
        batchNorm=norm,
    )
    if not control:
        settings["sparsityControl"] = False
    forward = make_forward(factor, beta, threshold, moves, control, norm)
    write_case(__file__, name, "adasparse", settings, v, forward, make_losses(low, high))


if __name__ == "__main__":
    case("fusion", 51)
    case("fusion-norm", 52, norm="shared")
    case("binarization", 53, "binarization")
    case("scaling", 54, "scaling")
    case("temperature-at-its-end", 55, temperature=1.9, step=0.07, end=2.0)
    case("within-bounds", 56, low=0.0, high=0.99)
    case("without-control", 57, control=False)
