"""wide-deep (Cheng et al., DLRS 2016): Section 3.1 (wide, with cross-product transformations), 3.2 (deep), 3.3 (joint).

    P(Y = 1 | x) = sigma(w_wide^T [x, phi(x)] + w_deep^T a^(l_f) + b)

    python3 reference.py            writes every fixture
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from parts import *  # noqa: E402,F403

HIDDEN = [6, 5]


def declare_wide_deep(norm="shared"):
    def declare(seed):
        v = Variables(seed)
        declare_mlp(v, "mlp", [WIDTH, *HIDDEN], norm=norm == "shared")
        v.weight("output.weight", HIDDEN[-1], 1)
        v.bias("output.bias", 1)
        return v

    return declare


def wide_deep_forward(norm="shared"):
    def forward(p, s, x, mode):
        fields = fields_read(x)
        wide = []
        for b in range(x.batch):
            total = sum(field[0] for field in fields[b])
            if x.crosses is not None:
                # phi_k is 1 for the pair of values that the row has, so its weight counts.
                total = total + sum(cross[0] for cross in x.crosses[b])
            wide.append(total)
        wide = torch.stack(wide)[:, None]
        h = torch.cat([fields[:, i, 1:] for i in range(fields.shape[1])], 1)
        deep = mlp(p, s, h, mode, x, "mlp", len(HIDDEN), norm) @ p["output.weight"] + p["output.bias"]
        return {"logit": wide + deep, "wide": wide, "deep": deep}

    return forward


def chosen_pairs(shape, crosses):
    fields = shape["fields"]
    roles = {role: [i for i, field in enumerate(fields) if field["role"] == role] for role in ("user", "item", "scenario")}
    if crosses == "scenario":
        [scenario] = roles["scenario"]
        return [[scenario, i] for i in range(len(fields)) if i != scenario]
    return [[a, b] for a in roles["user"] for b in roles["item"]]


def crossed(shape, pairs, buckets):
    """The batch with an id a pair behind each row's: `V + c buckets + (a size_b + b) mod buckets`, a and b local values."""
    batch = make_batch(shape)
    fields, layout = shape["fields"], batch["layout"]
    ids = []
    for b in range(shape["batch"]):
        row = batch["ids"][b * layout["width"] : (b + 1) * layout["width"]]
        for c, (i, j) in enumerate(pairs):
            if b < batch["count"]:
                first, second = row[i] - fields[i]["offset"], row[j] - fields[j]["offset"]
                bucket = (first * fields[j]["size"] + second) % buckets
                row = [*row, shape["vocabularySize"] + c * buckets + bucket]
            else:
                row = [*row, 0]
        ids += row
    crosses = dict(pairs=pairs, buckets=buckets, offset=shape["vocabularySize"])
    return dict(batch, ids=ids, layout=dict(layout, width=layout["width"] + len(pairs), crosses=crosses))


def with_crosses(crosses, buckets, seed):
    shape = make_shape(rows=B, scenarios=N)
    pairs = chosen_pairs(shape, crosses)
    v = declare_wide_deep("off")(seed)
    case(
        __file__,
        f"crosses-{crosses}",
        "wide-deep",
        dict(embeddingDim=D, dropout=0, hidden=HIDDEN, batchNorm="off", crosses=crosses, crossBuckets=buckets),
        v,
        wide_deep_forward("off"),
        probe=lambda out, x: dict(wideCrosses=by_scenario(torch.stack([torch.stack([c[0] for c in row]) for row in x.crosses]), x)),
        shape=shape,
        batch=crossed(shape, pairs, buckets),
        table=v.table(dict(vocabularySize=shape["vocabularySize"] + len(pairs) * buckets), 1 + D),
    )


if __name__ == "__main__":

    def write(name, settings, declare, forward, seed, **more):
        network_case(__file__, name, "wide-deep", dict(hidden=HIDDEN, **settings), declare, forward, seed, linear=1, **more)

    write("default", {}, declare_wide_deep(), wide_deep_forward(), 71)
    off = dict(batchNorm="off")
    write("own", off, declare_wide_deep("off"), wide_deep_forward("off"), 72, own=True)
    # Fewer buckets than pairs of values, so that some share one.
    with_crosses("scenario", 16, 73)
    with_crosses("user-item", 16, 74)
