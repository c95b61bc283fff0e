"""Mathematics that every reference shares: cross-entropies, leaky ReLU, batch norm over rows that count."""
import torch


def bce_with_logits(logit, label):
    return torch.nn.functional.softplus(logit) - label * logit


def bce_with_probability(p, label, eps=1e-7):
    return -label * torch.log(p + eps) - (1 - label) * torch.log(1 - p + eps)


def leaky(x, slope=0.0):
    return torch.where(x > 0, x, slope * x)


BN_EPS = 1e-5
BN_KEEP = 0.9


def batch_norm(p, s, x, mode, inputs, prefix):
    """Shared batch norm over rows `x` [B, n] (rows weighted 0 stand aside)."""
    if mode.train:
        weight = inputs.weight
        total = weight.sum().clamp(min=1)
        mean = (weight * x).sum(0) / total
        variance = (weight * (x - mean) ** 2).sum(0) / total
        mode.record(f"{prefix}.mean", BN_KEEP * s[f"{prefix}.mean"] + (1 - BN_KEEP) * mean)
        mode.record(f"{prefix}.variance", BN_KEEP * s[f"{prefix}.variance"] + (1 - BN_KEEP) * variance)
    else:
        mean, variance = s[f"{prefix}.mean"], s[f"{prefix}.variance"]
    return p[f"{prefix}.gamma"] * (x - mean) / torch.sqrt(variance + BN_EPS) + p[f"{prefix}.beta"]
