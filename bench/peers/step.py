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

import torch

parser = argparse.ArgumentParser()
parser.add_argument("--batch", type=int, default=1024)
parser.add_argument("--steps", type=int, default=20)
parser.add_argument("--serve", action="store_true")
parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
given = parser.parse_args()
if given.device == "cuda":
    # Before the peers are imported, which make tensors of their own; it needs PyTorch 2.
    if not torch.cuda.is_available() or not hasattr(torch, "set_default_device"):
        sys.exit("this PyTorch has no CUDA device that it could use")
    torch.set_default_device("cuda")

import aread  # noqa: E402
import baselines  # noqa: E402
import causalint  # noqa: E402
import gated  # noqa: E402
import mscan  # noqa: E402
import optmsm  # noqa: E402
import predictors  # noqa: E402
import routed  # noqa: E402
import sarnet  # noqa: E402
import singles  # noqa: E402
from common import Timed  # noqa: E402

MODELS = {
    name: build
    for module in (baselines, causalint, mscan, optmsm, sarnet, aread, gated, routed, singles, predictors)
    for name, build in module.MODELS.items()
}


def main():
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
