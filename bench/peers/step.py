"""The same training steps in PyTorch: one table, Adam over everything, L2. Prints a JSON list of milliseconds a step.

    echo '{"mix": {...settings...}}' | OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 python3 bench/peers/step.py --batch 1024

Two threads need OPENBLAS_NUM_THREADS=2 OMP_NUM_THREADS=2 OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0: the usual way
(torch.set_num_threads alone) is up to three times slower.

With `--serve` it builds each model once and measures whenever a line names one, so that its steps can take turns with
those of another process on the same machine.
"""
import argparse
import json
import sys

import aread
import baselines
import causalint
import gated
import mscan
import optmsm
import predictors
import routed
import sarnet
import singles
from common import Timed

MODELS = {
    name: build
    for module in (baselines, causalint, mscan, optmsm, sarnet, aread, gated, routed, singles, predictors)
    for name, build in module.MODELS.items()
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--serve", action="store_true")
    given = parser.parse_args()
    settings = json.loads(sys.stdin.readline())
    if not given.serve:
        known = [name for name in settings if name in MODELS]
        print(json.dumps([Timed(name, MODELS[name], settings[name], given.batch).measure(given.steps) for name in known]))
        return
    for line in sys.stdin:
        name = line.strip()
        timed = Timed(name, MODELS[name], settings[name], given.batch)
        print(json.dumps(timed.measure(given.steps)), flush=True)


if __name__ == "__main__":
    main()
