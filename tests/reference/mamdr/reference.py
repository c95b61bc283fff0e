"""MAMDR (Luo et al., ICDE 2023): domain negotiation and domain regularisation around a small network.

    python3 reference.py            writes fixtures/rounds.json, rounds-shared-bottom.json and rounds-mmoe.json

Algorithms 1 (negotiation), 2 (regularisation) and 3 (both), in the paper's words: shared parameters, each domain's own
ones, which are added to them, an inner loop that trains on one domain after another, and an outer step towards where it led.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403
from fixture import FRAGILE  # noqa: E402

DIM, HIDDEN, ROWS, BATCHES = 2, 4, 4, 2
#: Of networks with a tower a scenario.
TOWER, EXPERTS = 3, 4
TABLE = "embedding"


def towers_on(theta, x, h):
    h = towers(theta, {}, h, Mode(True), x, "tower", 1, "off")
    return own_linear(theta["output.weight"], theta["output.bias"], h, x)


def mix_logit(theta, x):
    return linear(theta, "output", mlp(theta, {}, x.flat(), Mode(True), x, "mlp", 1, "off"))


def shared_bottom_logit(theta, x):
    return towers_on(theta, x, mlp(theta, {}, x.flat(), Mode(True), x, "bottom", 1, "off"))


def mmoe_logit(theta, x):
    heard = experts(theta, {}, x.flat(), Mode(True), x, "expert", 1, EXPERTS, "off")
    gate = torch.softmax(own_linear(theta["gate.weight"], theta["gate.bias"], x.flat(), x), 1)
    return towers_on(theta, x, sum(gate[:, e : e + 1] * heard[e] for e in range(EXPERTS)))


#: A variable that only this network has.
MARKS = {"mix": "mlp.0.weight", "shared-bottom": "bottom.0.weight", "mmoe": "gate.weight"}
LOGITS = {"mix": mix_logit, "shared-bottom": shared_bottom_logit, "mmoe": mmoe_logit}


def declare(base, v, width):
    if base == "mix":
        declare_mlp(v, "mlp", [width, HIDDEN], norm=False)
        declare_linear(v, "output", HIDDEN, 1)
        return
    if base == "mmoe":
        declare_mlp(v, "expert", [width, HIDDEN], norm=False, lead=(EXPERTS,))
        v.weight("gate.weight", N, width, EXPERTS)
        v.bias("gate.bias", N, EXPERTS)
    else:
        declare_mlp(v, "bottom", [width, HIDDEN], norm=False)
    declare_mlp(v, "tower", [HIDDEN, TOWER], norm=False, lead=(N,))
    v.weight("output.weight", N, TOWER, 1)
    v.bias("output.bias", N, 1)


def loss_and_logit(theta, shape, batch):
    x = Inputs(theta[TABLE], shape, batch)
    logit = next(LOGITS[base] for base in LOGITS if MARKS[base] in theta)(theta, x)
    return x.mean(bce_with_logits(logit, x.label)), logit


def zeros(theta):
    return {name: torch.zeros_like(value) for name, value in theta.items()}


def plus(a, b, factor=1.0):
    return {name: a[name] + factor * b[name] for name in a}


def minus(a, b):
    return plus(a, b, -1.0)


class Sgd:
    def __init__(self, theta, rate):
        self.rate = rate
        self.fragile = {name: torch.zeros_like(value, dtype=torch.bool) for name, value in theta.items()}

    def step(self, theta, gradients):
        return {name: theta[name] - self.rate * gradients[name] for name in theta}


class RunningAdam(Sgd):
    """One Adam for the whole training: its moments know nothing of whose step it is."""

    def __init__(self, theta, rate):
        super().__init__(theta, rate)
        self.count = 0
        self.moments = {name: (torch.zeros_like(value), torch.zeros_like(value)) for name, value in theta.items()}

    def step(self, theta, gradients):
        self.count += 1
        for name, g in gradients.items():
            self.fragile[name] |= (g != 0) & (g.abs() < FRAGILE)
        return {
            name: adam_step(theta[name], gradients[name], self.moments[name], self.count, self.rate) for name in theta
        }


class Training:
    def __init__(self, shape, batches, theta, optimiser):
        self.shape, self.batches, self.optimiser, self.losses = shape, batches, optimiser, []
        self.shared, self.own = theta, [zeros(theta) for _ in batches]

    def inner(self, moving, fixed, domain):
        """A pass over one domain's batches; the loss is that of `moving + fixed`, and `moving` is what is trained."""
        for batch in self.batches[domain]:
            leaf = {name: (moving[name] + fixed[name]).requires_grad_(True) for name in moving}
            loss, _ = loss_and_logit(leaf, self.shape, batch)
            found = torch.autograd.grad(loss, list(leaf.values()))
            gradients = dict(zip(leaf, found))
            gradients[TABLE] = gradients[TABLE].clone()
            gradients[TABLE][0] = 0
            moving = self.optimiser.step(moving, gradients)
            self.losses.append(rounded(loss.detach().numpy())[0])
        return moving

    def negotiate(self, order, outer):
        """Algorithm 1, one epoch."""
        moving = self.shared
        for domain in order:
            moving = self.inner(moving, zeros(self.shared), domain)
        self.shared = plus(self.shared, minus(moving, self.shared), outer)

    def regularise(self, domain, helpers, rate):
        """Algorithm 2 for one domain: each helper first, then the domain itself, then a step towards where that led."""
        for helper in helpers:
            moving = self.inner(self.own[domain], self.shared, helper)
            moving = self.inner(moving, self.shared, domain)
            self.own[domain] = plus(self.own[domain], minus(moving, self.own[domain]), rate)


def plain(theta):
    return dict(
        parameters={name: value for name, value in theta.items() if name != TABLE},
        table=theta[TABLE],
    )


def run(shape, batches, theta, *, name, inner, inner_rate, outer_rate, helper_rate, rounds, regularisation=True):
    """Algorithm 3 over scripted orders and helpers."""
    theta = {key: value.clone() for key, value in theta.items()}
    optimiser = (RunningAdam if inner == "adam" else Sgd)(theta, inner_rate)
    training, after = Training(shape, batches, theta, optimiser), []
    for turn in rounds:
        training.losses = []
        training.negotiate(turn["order"], outer_rate)
        for domain in turn["order"] if regularisation else []:
            training.regularise(domain, turn["helpers"][domain], helper_rate)
        after.append(dict(shared=plain(training.shared), own=[plain(o) for o in training.own], losses=training.losses))
    logits = [
        loss_and_logit(plus(training.shared, training.own[i]), shape, batches[i][0])[1] for i in range(len(batches))
    ]
    fragile = {
        key: value.reshape(-1).nonzero().reshape(-1).tolist() for key, value in optimiser.fragile.items() if value.any()
    }
    return dict(
        name=name,
        inner=inner,
        innerRate=inner_rate,
        outerRate=outer_rate,
        helperRate=helper_rate,
        regularisation=regularisation,
        rounds=rounds,
        after=after,
        logits=logits,
        fragile=fragile,
    )


def script(seed, count, helpers):
    """Rounds with shuffled orders, and for every domain some of the others."""
    rng = np.random.default_rng(seed)
    rounds = []
    for _ in range(count):
        chosen = [[int(j) for j in rng.permutation([j for j in range(N) if j != i])[:helpers]] for i in range(N)]
        rounds.append(dict(order=[int(i) for i in rng.permutation(N)], helpers=chosen))
    return rounds


def main(base):
    shape = make_shape(rows=ROWS, scenarios=N)
    batches = [
        # The second batch of each has padding.
        [make_batch(shape, seed=10 * i + k, padding=k, scenario=[i] * ROWS) for k in range(BATCHES)]
        for i in range(N)
    ]
    v = Variables(111)
    declare(base, v, F * DIM)
    kinds = v.kinds

    def as_read(value):
        return torch.tensor(rounded(value.numpy())).reshape(value.shape)

    table = as_read(v.table(shape, DIM))
    theta = {name: as_read(value) for name, value in v.parameters.items()}
    parameters = {name: dict(plain_shape(value), kind=kinds[name]) for name, value in theta.items()}
    theta[TABLE] = table
    rates = dict(inner_rate=0.3, outer_rate=0.5, helper_rate=0.4)
    alone = dict(rates, regularisation=False)
    slow = dict(inner_rate=0.02, outer_rate=0.5, helper_rate=0.4)
    cases = [run(shape, batches, theta, name="adam", inner="adam", rounds=script(2, 2, 1), **slow)]
    cases = cases if base != "mix" else [
        run(shape, batches, theta, name="sgd", inner="sgd", rounds=script(1, 3, 2), **rates),
        run(shape, batches, theta, name="adam", inner="adam", rounds=script(2, 2, 1), **slow),
        run(shape, batches, theta, name="negotiation alone", inner="sgd", rounds=script(3, 2, 1), **alone),
        run(shape, batches, theta, name="alternate", inner="sgd", rounds=script(4, 1, 1), **dict(alone, outer_rate=1.0)),
    ]
    write_json(
        fixture_path(__file__, "rounds" if base == "mix" else f"rounds-{base}"),
        dict(
            format="scenarium-mamdr/1",
            base=base,
            settings=dict(hidden=[HIDDEN] if base == "mix" else [HIDDEN, TOWER], embeddingDim=DIM, batchNorm="off", dropout=0),
            shape=shape,
            batches=batches,
            table=table,
            parameters=parameters,
            cases=cases,
        ),
    )
    for case in cases:
        print(case["name"], "losses", [turn["losses"][-1] for turn in case["after"]], "fragile", case["fragile"])


def plain_shape(value):
    return dict(shape=list(value.shape), values=rounded(value.numpy()))


if __name__ == "__main__":
    for base in LOGITS:
        main(base)
