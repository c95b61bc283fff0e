"""cross-stitch (Misra et al., CVPR 2016): N networks that read the same row, mixed after every hidden layer (Eq 1).

    python3 reference.py            writes every fixture

A scenario stands in the place of a task. With more than `peers` + 1 scenarios a row asks the `peers` largest and its own.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from parts import *  # noqa: E402,F403

HIDDEN = [6, 5]


def declare_cross_stitch(units="channel", scenarios=N, slots=N, dim=D):
    def declare(seed):
        v = Variables(seed)
        below = F * dim
        for k, width in enumerate(HIDDEN):
            v.weight(f"tower.{k}.weight", scenarios, below, width)
            v.bias(f"tower.{k}.bias", scenarios, width)
            each = width if units == "channel" else 1
            v.free(f"stitch.{k}.weight", 0.4 + 0.3 * v._normal((scenarios, slots, each)))
            below = width
        v.weight("output.weight", scenarios, below, 1)
        v.bias("output.bias", scenarios, 1)
        return v

    return declare


def cross_stitch_forward(peers=8):
    def forward(p, s, x, mode):
        everyone = x.scenarios <= peers + 1
        pool = list(range(x.scenarios)) if everyone else largest_scenarios(x.shape, peers)
        flat, logits, last = x.flat(), [], []
        for b in range(x.batch):
            own = int(x.scenario[b])
            streams = pool if own in pool else [*pool, own]
            u = {n: flat[b] for n in streams}
            for k in range(len(HIDDEN)):
                a = {n: mode.dropout(torch.relu(u[n] @ p[f"tower.{k}.weight"][n] + p[f"tower.{k}.bias"][n])) for n in streams}
                stitch = p[f"stitch.{k}.weight"]
                for n in streams:
                    if everyone:
                        u[n] = sum(stitch[n, j] * a[j] for j in pool)
                    else:
                        # The last slot is a stream's weight for itself; the others are the pool's, largest first.
                        u[n] = stitch[n, len(pool)] * a[n]
                        u[n] = u[n] + sum(stitch[n, slot] * a[j] for slot, j in enumerate(pool) if j != n)
            last.append(u[own])
            logits.append(u[own] @ p["output.weight"][own] + p["output.bias"][own])
        return {"logit": torch.stack(logits), "lastLayer": torch.stack(last)}

    return forward


def write(name, settings, seed, *, units="channel", scenarios=N, peers=8, dim=D):
    slots = scenarios if scenarios <= peers + 1 else peers + 1
    v = declare_cross_stitch(units, scenarios, slots, dim)(seed)
    settings = dict(hidden=HIDDEN, dropout=0, **settings)
    shape = make_shape(rows=B, scenarios=scenarios)
    case(__file__, name, "cross-stitch", settings, v, cross_stitch_forward(peers), shape=shape, dim=dim)


if __name__ == "__main__":
    write("default", {}, 131)
    write("layer", dict(units="layer"), 132, units="layer")
    # Two scenarios of four are asked: the batch has rows of both and of the others.
    write("asked", dict(peers=2), 133, scenarios=4, peers=2, dim=2)
