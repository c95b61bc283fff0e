"""M2M (Zhang et al., WSDM 2022): weights of attention and tower generated from what is known of the scenario.

    python3 reference.py            writes every fixture

Section 4: backbone (a transformer over a row's own fields, expert and task views), meta unit (Algorithm 1), meta
attention (Eq 7 to 9), meta tower (Eq 10). One task, clicks; its loss is the cross-entropy.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403

HEADS, FEED, EXPERTS, VIEW, TOWER = 2, 5, 3, 4, 2
OWN = 2 * D
SLOPE = 0.1


def layer_norm(p, name, x):
    mean = x.mean()
    variance = ((x - mean) ** 2).mean()
    return p[f"{name}.gamma"] * (x - mean) / torch.sqrt(variance + 1e-5) + p[f"{name}.beta"]


def transformer(p, name, tokens, heads):
    """Tokens of one row `[F, d]`: every field attends to the row's fields, head by head."""
    dim = tokens.shape[1]
    size = dim // heads
    query, key, value = (tokens @ p[f"{name}.{part}.weight"] for part in ("query", "key", "value"))
    results = []
    for f in range(len(tokens)):
        parts = []
        for head in range(heads):
            columns = slice(head * size, (head + 1) * size)
            scores = torch.stack([query[f, columns] @ key[g, columns] for g in range(len(tokens))]) / math.sqrt(size)
            weights = torch.softmax(scores, 0)
            parts.append(sum(weights[g] * value[g, columns] for g in range(len(tokens))))
        attended = layer_norm(p, f"{name}.attentionNorm", tokens[f] + torch.cat(parts) @ p[f"{name}.output.weight"])
        fed = linear(p, f"{name}.feedForward.1", torch.relu(linear(p, f"{name}.feedForward.0", attended)))
        results.append(layer_norm(p, f"{name}.feedForwardNorm", attended + fed))
    return torch.stack(results)


def affine(p, name, knowledge, below, out, generated):
    """Weight and bias of one layer of a meta unit: made from the scenario's knowledge, or the layer's own."""
    if not generated:
        return p[f"{name}.weight"], p[f"{name}.bias"]
    return linear(p, f"{name}.weights", knowledge).reshape(below, out), linear(p, f"{name}.biases", knowledge)


def make_forward(layers=1, meta_attention=True, meta_tower=True, norm="off"):
    def forward(p, s, x, mode):
        rows = []
        for b in range(x.batch):
            tokens = x.fields[b]
            for k in range(layers):
                tokens = transformer(p, f"transformer.{k}", tokens, HEADS)
            rows.append(tokens.reshape(-1))
        views = experts(p, s, torch.stack(rows), mode, x, "expert", 1, EXPERTS, norm)
        own = x.pick(specific=True)
        task = p["task.weight"][0]
        attention, logits = [], []
        for b in range(x.batch):
            knowledge = torch.relu(linear(p, "scenario", own[b])) if meta_attention or meta_tower else None
            weight, bias = affine(p, "metaAttention", knowledge, 2 * VIEW, 2 * VIEW, meta_attention)
            scores = []
            for view in views:
                hidden = leaky(torch.cat([view[b], task]) @ weight + bias, SLOPE)
                scores.append((hidden @ p["metaAttention.score.weight"])[0])
            alpha = torch.softmax(torch.stack(scores), 0)
            h = sum(alpha[e] * views[e][b] for e in range(EXPERTS))
            for j in range(TOWER):
                weight, bias = affine(p, f"metaTower.{j}", knowledge, VIEW, VIEW, meta_tower)
                h = leaky(h @ weight + bias + h, SLOPE)
            attention.append(alpha)
            logits.append(linear(p, "output", h))
        return {"logit": torch.stack(logits), "attention": torch.stack(attention)}

    return forward


def declare_affine(v, name, below, out, generated):
    if not generated:
        return declare_linear(v, name, below, out)
    declare_linear(v, f"{name}.weights", VIEW, below * out)
    declare_linear(v, f"{name}.biases", VIEW, out)


def declare(seed, layers=1, meta_attention=True, meta_tower=True, norm="off"):
    v = Variables(seed)
    for k in range(layers):
        for part in ("query", "key", "value", "output"):
            v.weight(f"transformer.{k}.{part}.weight", D, D)
        for part in ("attentionNorm", "feedForwardNorm"):
            v._add(f"transformer.{k}.{part}.gamma", "norm", 1 + 0.2 * v._normal((D,)))
            v._add(f"transformer.{k}.{part}.beta", "norm", 0.2 * v._normal((D,)))
        declare_linear(v, f"transformer.{k}.feedForward.0", D, FEED)
        declare_linear(v, f"transformer.{k}.feedForward.1", FEED, D)
    declare_stack(v, "expert", EXPERTS, [WIDTH, VIEW], norm)
    v.weight("task.weight", 1, VIEW)
    if meta_attention or meta_tower:
        declare_linear(v, "scenario", OWN, VIEW)
    declare_affine(v, "metaAttention", 2 * VIEW, 2 * VIEW, meta_attention)
    v.weight("metaAttention.score.weight", 2 * VIEW, 1)
    for j in range(TOWER):
        declare_affine(v, f"metaTower.{j}", VIEW, VIEW, meta_tower)
    declare_linear(v, "output", VIEW, 1)
    return v


def case(name, seed, settings=(), **parts):
    given = dict(
        transformerLayers=parts.get("layers", 1),
        heads=HEADS,
        feedForward=FEED,
        numExperts=EXPERTS,
        expertHidden=[VIEW],
        towerLayers=TOWER,
        batchNorm=parts.get("norm", "off"),
        **dict(settings),
    )
    write_case(__file__, name, "m2m", given, declare(seed, **parts), make_forward(**parts))


if __name__ == "__main__":
    case("full", 41)
    case("two-transformer-layers", 42, layers=2)
    case("without-transformer", 43, layers=0)
    case("without-meta-attention", 44, dict(metaAttention=False), meta_attention=False)
    case("without-meta-tower", 45, dict(metaTower=False), meta_tower=False)
    case("static", 46, dict(metaAttention=False, metaTower=False), meta_attention=False, meta_tower=False, layers=0)
    case("norm", 47, norm="shared")
