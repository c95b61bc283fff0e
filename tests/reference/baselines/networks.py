"""mix, shared-bottom (Caruana 1997), single (one network per scenario), finetune (a pooled network plus each scenario's own
difference)."""
from parts import *  # noqa: F403


def mix_forward(norm="shared", layers=2):
    def forward(p, s, x, mode):
        features = x.flat()
        if x.history is not None:
            # The mean of the history's items beside the fields.
            mean = x.history.items.sum(1) / x.history.mask.sum(1, keepdim=True).clamp(min=1)
            features = torch.cat([features, mean], 1)
        h = mlp(p, s, features, mode, x, "mlp", layers, norm)
        return {"logit": h @ p["output.weight"] + p["output.bias"]}

    return forward


def mix():
    for norm in ("shared", "domain", "off"):
        v = Variables(3)
        widths = [WIDTH, 8, 5]
        for k, (a, b) in enumerate(zip(widths[:-1], widths[1:])):
            v.weight(f"mlp.{k}.weight", a, b)
            if norm == "off":
                v.bias(f"mlp.{k}.bias", b)
            else:
                declare_norm(v, f"mlp.{k}.norm", (b,), (N, b) if norm == "domain" else (b,))
        v.weight("output.weight", 5, 1)
        v.bias("output.bias", 1)

        # Statistics per scenario need rows of each, or two near rows would be divided by next to nothing.
        shape = make_shape(rows=24, scenarios=N) if norm == "domain" else None
        case(__file__, f"mix-{norm}", "mix", dict(hidden=[8, 5], dropout=0, batchNorm=norm), v, mix_forward(norm), shape=shape)

    # Scripted dropout: one mask a layer.
    v = Variables(4)
    declare_mlp(v, "mlp", [WIDTH, 8, 5])
    v.weight("output.weight", 5, 1)
    v.bias("output.bias", 1)

    g = torch.Generator().manual_seed(8)
    masks = [(torch.rand(B, w, generator=g) > 0.25).double() / 0.75 for w in (8, 5)]
    case(__file__, "mix-dropout", "mix", dict(hidden=[8, 5], dropout=0.25), v, mix_forward(), dropout=masks)

    # With the mean of the history's items beside the fields.
    shape = make_shape(rows=B, scenarios=N, history=5)
    batch = make_batch(shape, history=4)
    v = Variables(5)
    declare_mlp(v, "mlp", [WIDTH + 2 * D, 8, 5])
    v.weight("output.weight", 5, 1)
    v.bias("output.bias", 1)

    case(
        __file__,
        "mix-history",
        "mix",
        dict(hidden=[8, 5], dropout=0, history="mean", historyLength=4),
        v,
        mix_forward(),
        shape=shape,
        batch=batch,
    )


def shared_bottom_forward(norm="shared", bottom=2, tower=1):
    """`bottom` common layers, 0 where only the embeddings are shared."""

    def forward(p, s, x, mode):
        h = mlp(p, s, x.flat(), mode, x, "bottom", bottom, norm)
        h = towers(p, s, h, mode, x, "tower", tower, norm)
        return {"logit": own_linear(p["output.weight"], p["output.bias"], h, x)}

    return forward


def shared_bottom():
    v = Variables(6)
    declare_mlp(v, "bottom", [WIDTH, 8, 6])
    declare_mlp(v, "tower", [6, 5], lead=(N,))
    v.weight("output.weight", N, 5, 1)
    v.bias("output.bias", N, 1)

    case(__file__, "shared-bottom", "shared-bottom", dict(hidden=[8, 6], towerHidden=[5], dropout=0), v, shared_bottom_forward())

    v = Variables(7)
    declare_mlp(v, "tower", [WIDTH, 6, 5], lead=(N,))
    v.weight("output.weight", N, 5, 1)
    v.bias("output.bias", N, 1)

    settings = dict(bottom="embedding", towerHidden=[6, 5], dropout=0)
    case(__file__, "shared-bottom-embedding", "shared-bottom", settings, v, shared_bottom_forward(bottom=0, tower=2))


def single_forward(norm="own", layers=2):
    """Every scenario its own tower; whether it has a table of its own too, the ids say."""

    def forward(p, s, x, mode):
        h = towers(p, s, x.flat(), mode, x, "tower", layers, norm)
        return {"logit": own_linear(p["output.weight"], p["output.bias"], h, x)}

    return forward


def single():
    for tables in ("own", "shared"):
        v = Variables(11)
        for k, (a, b) in enumerate([(WIDTH, 6), (6, 5)]):
            v.weight(f"tower.{k}.weight", N, a, b)
            declare_norm(v, f"tower.{k}.norm", (N, b))
        v.weight("output.weight", N, 5, 1)
        v.bias("output.bias", N, 1)

        settings = dict(hidden=[6, 5], dropout=0, embeddings=tables, embeddingDim=D)
        shape = make_shape(rows=24, scenarios=N)
        given = own_tables(v, shape, make_batch(shape)) if tables == "own" else {}
        case(__file__, f"single-{tables}", "single", settings, v, single_forward(), own_means, shape=shape, **given)

    # Without batch norm every layer has its scenario's bias.
    v = Variables(21)
    declare_mlp(v, "tower", [WIDTH, 6, 5], norm=False, lead=(N,))
    v.weight("output.weight", N, 5, 1)
    v.bias("output.bias", N, 1)
    settings = dict(hidden=[6, 5], dropout=0, embeddings="own", embeddingDim=D, batchNorm="off")
    shape = make_shape(rows=B, scenarios=N)
    case(__file__, "single-off", "single", settings, v, single_forward(norm="off"), own_means, shape=shape, **own_tables(v, shape, make_batch(shape)))


def finetune_forward(norm="shared", layers=2):
    def forward(p, s, x, mode):
        h = x.flat()
        for k in range(layers):
            bias = None if norm == "shared" else p[f"pooled.{k}.bias"] + p[f"own.{k}.bias"]
            h = own_linear(p[f"pooled.{k}.weight"] + p[f"own.{k}.weight"], bias, h, x)
            h = torch.relu(batch_norm(p, s, h, mode, x, f"pooled.{k}.norm") if norm == "shared" else h)
        weight = p["pooled.output.weight"] + p["own.output.weight"]
        return {"logit": own_linear(weight, p["pooled.output.bias"] + p["own.output.bias"], h, x)}

    return forward


def finetune():
    v = Variables(12)
    for k, (a, b) in enumerate([(WIDTH, 8), (8, 5)]):
        v.weight(f"pooled.{k}.weight", a, b)
        declare_norm(v, f"pooled.{k}.norm", (b,))
        v.weight(f"own.{k}.weight", N, a, b, scale=0.3)
    v.weight("pooled.output.weight", 5, 1)
    v.bias("pooled.output.bias", 1)
    v.weight("own.output.weight", N, 5, 1, scale=0.3)
    v.bias("own.output.bias", N, 1)

    case(__file__, "finetune", "finetune", dict(hidden=[8, 5], dropout=0), v, finetune_forward())

    # Without batch norm biases have differences too.
    v = Variables(22)
    for k, (a, b) in enumerate([(WIDTH, 8), (8, 5)]):
        v.weight(f"pooled.{k}.weight", a, b)
        v.bias(f"pooled.{k}.bias", b)
        v.weight(f"own.{k}.weight", N, a, b, scale=0.3)
        v.bias(f"own.{k}.bias", N, b)
    v.weight("pooled.output.weight", 5, 1)
    v.bias("pooled.output.bias", 1)
    v.weight("own.output.weight", N, 5, 1, scale=0.3)
    v.bias("own.output.bias", N, 1)
    settings = dict(hidden=[8, 5], dropout=0, batchNorm="off")
    case(__file__, "finetune-off", "finetune", settings, v, finetune_forward("off"), shape=make_shape(rows=24, scenarios=N))
