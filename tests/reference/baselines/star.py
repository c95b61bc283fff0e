"""star (Sheng et al., CIKM 2021): partitioned normalisation, star topology, auxiliary network."""
from parts import *  # noqa: F403


def star_forward(normalisation="partitioned", auxiliary=True, layers=3):
    def forward(p, s, x, mode):
        h = x.flat()
        if normalisation == "shared":
            h = batch_norm(p, s, h, mode, x, "partitioned")
        if normalisation == "partitioned":
            # Partitioned normalisation: the scenario's own statistics, (γ γ_p) z + (β + β_p).
            plain = dict(p)
            plain["partitioned.gamma"] = torch.ones(h.shape[1])
            plain["partitioned.beta"] = torch.zeros(h.shape[1])
            z = norm_by_group(plain, s, h, mode, x, "partitioned")
            h = (p["partitioned.gamma"] * p["partitioned.ownGamma"][x.scenario]) * z + (
                p["partitioned.beta"] + p["partitioned.ownBeta"][x.scenario]
            )
        for k in range(layers):
            weight = p[f"own.{k}.weight"] * p[f"shared.{k}.weight"]
            bias = p[f"own.{k}.bias"] + p[f"shared.{k}.bias"]
            h = own_linear(weight, bias, h, x)
            if k < layers - 1:
                h = torch.relu(h)
        if auxiliary:
            a = torch.relu(x.flat() @ p["auxiliary.0.weight"] + p["auxiliary.0.bias"])
            h = h + a @ p["auxiliary.output.weight"] + p["auxiliary.output.bias"]
        return {"logit": h}

    return forward


def star():
    for name, normalisation, auxiliary in (
        ("star", "partitioned", True),
        ("star-topology", "off", False),
        ("star-shared-norm", "shared", True),
    ):
        v = Variables(10)
        if normalisation == "shared":
            declare_norm(v, "partitioned", (WIDTH,))
        if normalisation == "partitioned":
            declare_norm(v, "partitioned", (WIDTH,), (N, WIDTH))
            v._add("partitioned.ownGamma", "norm", 1 + 0.2 * v._normal((N, WIDTH)))
            v._add("partitioned.ownBeta", "norm", 0.2 * v._normal((N, WIDTH)))
        for k, (a, b) in enumerate([(WIDTH, 8), (8, 5), (5, 1)]):
            v.weight(f"shared.{k}.weight", a, b)
            v.bias(f"shared.{k}.bias", b)
            v._add(f"own.{k}.weight", "weight", 1 + 0.3 * v._normal((N, a, b)), 1.0)
            v.bias(f"own.{k}.bias", N, b)
        if auxiliary:
            v.weight("auxiliary.0.weight", WIDTH, 6)
            v.bias("auxiliary.0.bias", 6)
            v.weight("auxiliary.output.weight", 6, 1)
            v.bias("auxiliary.output.bias", 1)

        settings = dict(hidden=[8, 5], auxiliaryHidden=[6], dropout=0)
        if name != "star":
            settings.update(normalisation=normalisation, auxiliary=auxiliary)
        # The scenario's own embedding is constant within a scenario, so its normalised column is 0, in float32 rounding
        # noise over sqrt(1e-5). Small embeddings keep that noise below what is compared.
        shape = make_shape(rows=24, scenarios=N)
        table = v.table(shape, D)
        table[shape["fields"][-1]["offset"] :] *= 0.05
        case(
            __file__,
            name,
            "star",
            settings,
            v,
            star_forward(normalisation, auxiliary),
            shape=shape,
            table=table,
            noisy=("partitioned.gamma", "partitioned.ownGamma"),
        )
