"""Goes on with bundles of the lab, for `npm run onward`: `python -m tests.go_on` answers every line that names a folder with a line of JSON.

`start`: loss terms of a first step from the seed. `scores`: of the test rows with the bundle's weights. `losses`: every loss term of every further step. `record`: where the run file lies.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

from scenarium.bundle import read_bundle
from scenarium.data import TEST
from scenarium.parallel import World
from scenarium.convert import converted
from scenarium.run import RUN_FILE, Run, setup_of


def first_losses(folder: Path, world: World) -> dict[str, float]:
    """Loss terms of the first step, from the same seed: the same initial weights on the same rows."""
    bundle = read_bundle(folder)
    run = Run(setup_of(bundle, 1), bundle.dataset(), world, lambda _: None)
    return run.train()["losses"][0]["terms"]


def go_on(folder: Path, world: World) -> dict[str, object]:
    bundle = read_bundle(folder)
    (folder / "converted.json").write_text(converted(folder), encoding="utf-8")
    dataset = bundle.dataset()
    run = Run(setup_of(bundle, None), dataset, world, lambda _: None, start=bundle.checkpoint, out=folder / "continued")
    scored, _ = run.trainer.predict(dataset.rows_of(TEST))
    first = run.trainer.step
    record = run.train()
    return {
        "scores": {name: scored[name][:, 0].tolist() for name in ("score", "probability")},
        "losses": {point["step"]: point["terms"] for point in record["losses"] if point["step"] > first},
        "start": first_losses(folder, world),
        "final": record["final"],
        "record": str(folder / "continued" / RUN_FILE),
        "converted": str(folder / "converted.json"),
    }


if __name__ == "__main__":
    one = World()
    for line in sys.stdin:
        try:
            print(json.dumps(go_on(Path(line.strip()), one)), flush=True)
        except Exception as error:  # noqa: BLE001 — one model's failure says nothing of the next
            print(json.dumps({"failure": f"{type(error).__name__}: {error}"}), flush=True)
