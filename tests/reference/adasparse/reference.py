"""AdaSparse (Yang et al., CIKM 2022): a domain's own weight for every neuron, which prunes where it is small.

    python3 reference.py            writes every fixture

Weighting factors (section 2.2) by binarisation, scaling or their fusion; sparsity of each layer held within bounds (2.3).
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403

HIDDEN = (6, 5)
OWN = 2 * D


def kept(value, epsilon):
    """1 where the value is above the threshold, else 0. A step: it has no gradient."""
    return torch.tensor([1.0 if float(v) > epsilon else 0.0 for v in value])


def factors_of(weighting, v, alpha, beta, epsilon):
    """Weighting factors of one row's neurons, and which of them count as kept (with the gradient that stands in for a step)."""
    if weighting == "scaling":
        return beta * torch.sigmoid(v), None
    q = torch.sigmoid(alpha * v)
    if weighting == "binary":
        straight = q + (kept(q, epsilon) - q).detach()
        return straight, straight
    keep = kept(beta * q, epsilon)
    return beta * q * keep, q + (keep - q).detach()


def make_forward(weighting, beta, epsilon, step, end, norm="off"):
    def forward(p, s, x, mode):
        alpha = s["alpha"][0]
        own, h = x.pick(specific=True), x.flat()
        all_factors, shares = [], []
        for k in range(len(HIDDEN)):
            h = layer(p, s, h, mode, x, f"mlp.{k}", norm)
            factors, keeps = [], []
            for b in range(x.batch):
                pi, keep = factors_of(weighting, linear(p, f"pruner.{k}", torch.cat([own[b], h[b]])), alpha, beta, epsilon)
                factors.append(pi)
                keeps.append(keep)
            all_factors.append(torch.stack(factors))
            h = h * all_factors[-1]
            if weighting != "scaling":
                shares.append(batch_mean(x, [keep.mean() for keep in keeps]))
        if mode.train:
            mode.record("alpha", (s["alpha"] + step).clamp(max=end))
        return {"logit": linear(p, "output", h), "factors": torch.cat(all_factors, 1), "_kept": shares}

    return forward


def make_losses(weighting, low, high, weight):
    def losses(out, x):
        total, terms = click(out, x)
        if weighting == "scaling":
            return total, terms
        middle, away = (low + high) / 2, []
        for share in out["_kept"]:
            ratio = 1 - share
            # Outside its bounds the weight of a layer grows with the distance; the weight itself is not trained.
            strength = 0.0 if low <= float(ratio) <= high else weight * abs(float(ratio) - middle)
            away.append(strength * torch.abs(ratio - middle))
        sparsity = sum(away) / len(away)
        return total + sparsity, {**terms, "sparsity": sparsity}

    return losses


def case(name, seed, weighting, *, alpha=1.0, step=0.05, end=10.0, low=0.15, high=0.25, weight=0.5, epsilon=0.25, norm="off"):
    beta = 2.0
    v = Variables(seed)
    declare_mlp(v, "mlp", [WIDTH, *HIDDEN], norm=norm == "shared")
    for k, width in enumerate(HIDDEN):
        # Wide enough that some factors fall below the threshold, none near it.
        v.weight(f"pruner.{k}.weight", OWN + width, width, scale=3.0)
        v.bias(f"pruner.{k}.bias", width)
    declare_linear(v, "output", HIDDEN[-1], 1)
    v.states["alpha"] = torch.tensor([alpha])
    settings = dict(
        hidden=list(HIDDEN),
        weighting=weighting,
        beta=beta,
        epsilon=epsilon,
        alphaStep=step,
        alphaEnd=end,
        sparsityLow=low,
        sparsityHigh=high,
        sparsityWeight=weight,
        batchNorm=norm,
    )
    forward = make_forward(weighting, beta, epsilon, step, end, norm)
    write_case(__file__, name, "adasparse", settings, v, forward, make_losses(weighting, low, high, weight))


if __name__ == "__main__":
    case("fusion", 51, "fusion")
    case("fusion-norm", 52, "fusion", norm="shared")
    case("binary", 53, "binary")
    case("scaling", 54, "scaling")
    case("alpha-at-its-end", 55, "fusion", alpha=1.9, step=0.07, end=2.0)
    case("within-bounds", 56, "fusion", low=0.0, high=0.99)
