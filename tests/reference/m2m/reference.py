"""M2M (Zhang et al., WSDM 2022): weights of attention and tower generated from what is known of the scenario.

    python3 reference.py            writes every fixture

Section 4: backbone (a transformer over a row's own fields, expert and task views), meta unit (Algorithm 1), meta
attention (Eq 7 to 9), meta tower (Eq 10). One task, clicks; its loss is the cross-entropy.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403

HEADS, FEED, EXPERTS, VIEW, KNOWLEDGE, TOWER = 2, 5, 3, 4, 3, 2
USERS = 2 * D


def layer_norm(p, name, x):
    mean = x.mean()
    variance = ((x - mean) ** 2).mean()
    return p[f"{name}.gamma"] * (x - mean) / torch.sqrt(variance + 1e-5) + p[f"{name}.beta"]


def transformer(p, name, tokens):
    """Tokens of one row `[F, d]`: every field attends to the row's fields, head by head."""
    size = tokens.shape[1] // HEADS
    query, key, value = (tokens @ p[f"{name}.{part}.weight"] for part in ("query", "key", "value"))
    results = []
    for f in range(len(tokens)):
        parts = []
        for head in range(HEADS):
            columns = slice(head * size, (head + 1) * size)
            scores = torch.stack([query[f, columns] @ key[g, columns] for g in range(len(tokens))]) / math.sqrt(size)
            weights = torch.softmax(scores, 0)
            parts.append(sum(weights[g] * value[g, columns] for g in range(len(tokens))))
        attended = layer_norm(p, f"{name}.attentionNorm", tokens[f] + torch.cat(parts) @ p[f"{name}.output.weight"])
        fed = linear(p, f"{name}.feedForward.1", torch.relu(linear(p, f"{name}.feedForward.0", attended)))
        results.append(layer_norm(p, f"{name}.feedForwardNorm", attended + fed))
    return torch.stack(results)


def meta_unit(p, name, knowledge, h, layers, slope):
    """Algorithm 1: each layer's matrix and offset are made from the scenario's knowledge."""
    for k in range(layers):
        matrix = linear(p, f"{name}.{k}.matrix", knowledge).reshape(len(h), len(h))
        h = leaky(h @ matrix + linear(p, f"{name}.{k}.offset", knowledge), slope)
    return h


def make_forward(transformers=1, meta_attention=True, meta_tower=True, meta_layers=1, slope=0.2):
    def forward(p, s, x, mode):
        rows = []
        for b in range(x.batch):
            tokens = x.fields[b]
            for k in range(transformers):
                tokens = transformer(p, f"transformer.{k}", tokens)
            rows.append(tokens.reshape(-1))
        views = experts(p, s, torch.stack(rows), mode, x, "expert", 1, EXPERTS, "off")
        users = x.pick(roles=("user",))
        known, attention, logits = [], [], []
        for b in range(x.batch):
            given = torch.cat([p["scenario.embedding"][x.scenario[b]], users[b]])
            knowledge = torch.relu(linear(p, "knowledge.0", given))
            scores = []
            for view in views:
                hidden = torch.cat([view[b], p["task.view"]])
                if meta_attention:
                    hidden = meta_unit(p, "attention", knowledge, hidden, meta_layers, slope)
                scores.append((hidden @ p["attention.score.weight"])[0])
            alpha = torch.softmax(torch.stack(scores), 0)
            h = sum(alpha[e] * views[e][b] for e in range(EXPERTS))
            for j in range(TOWER):
                if meta_tower:
                    inner = meta_unit(p, f"tower.{j}", knowledge, h, meta_layers, slope)
                else:
                    inner = leaky(linear(p, f"tower.{j}", h), slope)
                h = leaky(inner + h, slope)
            known.append(knowledge)
            attention.append(alpha)
            logits.append(linear(p, "output", h))
        return {"logit": torch.stack(logits), "attention": torch.stack(attention), "knowledge": torch.stack(known)}

    return forward


def declare_unit(v, name, width, layers):
    for k in range(layers):
        v.weight(f"{name}.{k}.matrix.weight", KNOWLEDGE, width * width)
        # The matrix's constant part is as much of a weight as the rest of it.
        v.weight(f"{name}.{k}.matrix.bias", width * width, fan_in=width)
        declare_linear(v, f"{name}.{k}.offset", KNOWLEDGE, width)


def declare(seed, transformers=1, meta_attention=True, meta_tower=True, meta_layers=1):
    v = Variables(seed)
    declare_scenarios(v)
    for k in range(transformers):
        for part in ("query", "key", "value", "output"):
            v.weight(f"transformer.{k}.{part}.weight", D, D)
        for part in ("attentionNorm", "feedForwardNorm"):
            v._add(f"transformer.{k}.{part}.gamma", "norm", 1 + 0.2 * v._normal((D,)))
            v._add(f"transformer.{k}.{part}.beta", "norm", 0.2 * v._normal((D,)))
        declare_linear(v, f"transformer.{k}.feedForward.0", D, FEED)
        declare_linear(v, f"transformer.{k}.feedForward.1", FEED, D)
    declare_linear(v, "knowledge.0", D + USERS, KNOWLEDGE)
    declare_stack(v, "expert", EXPERTS, [WIDTH, VIEW])
    v.weight("task.view", VIEW, fan_in=1)
    if meta_attention:
        declare_unit(v, "attention", 2 * VIEW, meta_layers)
    v.weight("attention.score.weight", 2 * VIEW, 1)
    for j in range(TOWER):
        if meta_tower:
            declare_unit(v, f"tower.{j}", VIEW, meta_layers)
        else:
            declare_linear(v, f"tower.{j}", VIEW, VIEW)
    declare_linear(v, "output", VIEW, 1)
    return v


def case(name, seed, settings=(), **parts):
    given = dict(
        transformerLayers=parts.get("transformers", 1),
        heads=HEADS,
        feedForward=FEED,
        viewHidden=[VIEW],
        numExperts=EXPERTS,
        knowledgeHidden=[KNOWLEDGE],
        metaLayers=parts.get("meta_layers", 1),
        towerLayers=TOWER,
        leakySlope=0.2,
        **dict(settings),
    )
    noisy = () if parts.get("meta_attention", True) else ("task.view",)
    write_case(__file__, name, "m2m", given, declare(seed, **parts), make_forward(**parts), noisy=noisy)


if __name__ == "__main__":
    # A seed whose three steps hang on few gradients that rounding decides.
    case("full", 52)
    case("two-transformer-layers", 42, transformers=2)
    case("without-transformer", 43, transformers=0)
    case("without-meta-attention", 44, dict(metaAttention=False), meta_attention=False)
    case("without-meta-tower", 45, dict(metaTower=False), meta_tower=False)
    case("two-meta-layers", 46, transformers=0, meta_layers=2)
