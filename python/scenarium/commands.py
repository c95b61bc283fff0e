"""The commands: `python -m scenarium train | evaluate | resume | convert`; several processes with `torchrun --nproc_per_node N -m scenarium …`."""
from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from . import checkpoint as checkpoints
from .bundle import CONTINUED, SETTINGS, Bundle, is_trained, read_bundle, read_trained
from .checkpoint import Checkpoint
from .convert import converted
from .data import TEST, VALIDATION, read_dataset, read_manifest, resplit
from .models import training_defaults
from .parallel import World, sentence
from .record import Say
from .run import Run, checked_setup, json_text, printed, setup_of


def _add_training(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, help="rows: npz, CSV or Parquet with the manifest's columns")
    parser.add_argument("--steps", type=int, help="last step of the run")
    parser.add_argument("--out", type=Path, help="folder for checkpoint and run file")
    parser.add_argument("--save-every", type=int, default=500, metavar="STEPS", help="steps between two checkpoints (default 500)")
    parser.add_argument("--table", choices=("auto", "dense", "sparse"), default="auto", help="gradients of the embedding table")
    parser.add_argument("--dropout", choices=("lab", "torch"), default="lab", help="the lab's masks, or torch's own (quicker)")


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scenarium", description="Goes on with a run of the lab in PyTorch.")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="trains from the first step")
    train.add_argument("--settings", type=Path, help="settings.json: model, settings, training, seed")
    train.add_argument("--model", help="id of a model, with the lab's default settings")
    train.add_argument("--manifest", type=Path, required=True, help="the dataset's manifest")
    train.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the model or of training")
    train.add_argument("--seed", type=int)
    _add_training(train)
    resume = commands.add_parser("resume", help="goes on from the last step")
    resume.add_argument("bundle", type=Path, help="the lab's zip, or the folder that it was unpacked to")
    _add_training(resume)
    evaluate = commands.add_parser("evaluate", help="metrics of a run's best weights")
    evaluate.add_argument("bundle", type=Path, help="the lab's zip, its folder, or a folder that train or resume wrote")
    evaluate.add_argument("--data", type=Path, help="rows: npz, CSV or Parquet with the manifest's columns")
    evaluate.add_argument("--manifest", type=Path, help="the dataset's manifest, for a folder that does not lie in a bundle")
    evaluate.add_argument("--split", choices=("validation", "test"), default="test")
    evaluate.add_argument("--last", action="store_true", help="the last step's weights, not the best")
    evaluate.add_argument("--json", action="store_true")
    convert = commands.add_parser("convert", help="writes a file that the page imports")
    convert.add_argument("run", type=Path, help="a checkpoint, or the folder that holds it")
    convert.add_argument("--out", type=Path, default=Path("run.json"))
    return parser.parse_args(words)


def _given(pairs: list[str], setup: dict[str, Any]) -> None:
    """`NAME=VALUE` into the model's settings or training."""
    for pair in pairs:
        name, mark, text = pair.partition("=")
        if not mark:
            raise ValueError(f"“{pair}” is no NAME=VALUE.")
        try:
            value = json.loads(text)
        except json.JSONDecodeError:
            value = text
        setup.setdefault("training" if name in training_defaults() else "settings", {})[name] = value


def _run_options(given: argparse.Namespace) -> dict[str, Any]:
    if given.save_every < 1:
        raise ValueError(f"--save-every must be at least 1, not {given.save_every}.")
    if given.steps is not None and given.steps < 1:
        raise ValueError(f"--steps must be at least 1, not {given.steps}; it names the last step of the run.")
    sparse = {"auto": None, "dense": False, "sparse": True}[given.table]
    return {"save_every": given.save_every, "sparse": sparse, "counted_masks": given.dropout == "lab"}


#: What `Run.origin` says of a run that `train` began.
TRAINED = "train"


def _check_out(out: Path) -> None:
    """@raises ValueError before anything is trained where it could not be written, or would overwrite an export"""
    if (out / SETTINGS).exists():
        raise ValueError(f"{out} is the folder of an export; name another one with --out.")
    there = out
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise ValueError(f"{there} is a file, so nothing can be written to {out}; name another folder with --out.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise ValueError(f"Nothing can be written to {out}; name another folder with --out.")


def _flat(setup: dict[str, Any]) -> dict[str, Any]:
    """What makes a run this run: all but how long it is and where it is computed."""
    parts = {name: value for group in ("settings", "training") for name, value in setup.get(group, {}).items() if name != "steps"}
    return {**{name: setup.get(name) for name in ("model", "dataset", "seed")}, **parts}


def _same_settings(kept: Checkpoint, setup: dict[str, Any], out: Path) -> None:
    """@raises ValueError naming what differs"""
    held, asked = _flat(kept.record["setup"]), _flat(setup)
    differs = [name for name in {**held, **asked} if held.get(name) != asked.get(name)]
    if differs:
        told = ", ".join(f"{name} {json.dumps(held.get(name))} there, {json.dumps(asked.get(name))} here" for name in differs[:3])
        raise ValueError(f"{out} holds a run of other settings ({told}); name another folder with --out, or remove it.")


def _same_export(kept: Checkpoint, bundle: Bundle, setup: dict[str, Any], out: Path) -> None:
    """@raises ValueError where the folder's run was begun from anything but this export"""
    if kept.origin is None and bundle.checkpoint is not None and kept.record["id"] == bundle.checkpoint.record["id"]:
        # An older version of this package did not keep what it began from.
        return _same_settings(kept, setup, out)
    if kept.origin != bundle.origin:
        at = kept.trainer.state["step"]
        raise ValueError(
            f"{out} holds step {at} of a run that was not begun from this export; name another folder with --out, or remove {out} to go on from the export."
        )


def _check_last(at: int, steps: int) -> None:
    if at >= steps:
        raise ValueError(f"{at} steps are done and --steps names the last one, not how many more: say --steps N with N above {at} to go on.")


def _train(given: argparse.Namespace, world: World, say: Say) -> None:
    options = _run_options(given)
    try:
        setup = json.loads(given.settings.read_text(encoding="utf-8")) if given.settings else {"model": given.model}
    except ValueError as error:
        raise ValueError(f"{given.settings} is not JSON; give a settings.json that the lab wrote.") from error
    if not isinstance(setup, dict) or not isinstance(setup.get("model"), str):
        raise ValueError("Name a model with --model, or give --settings FILE.")
    _given(given.set, setup)
    if given.seed is not None:
        setup["seed"] = given.seed
    setup = checked_setup(setup)
    if given.steps is not None:
        setup["training"]["steps"] = given.steps
    out = given.out or Path("trained")
    _check_out(out)
    manifest = read_manifest(given.manifest)
    setup["dataset"] = manifest["id"]
    start = checkpoints.held(out)
    if start is not None:
        if start.origin not in (None, TRAINED):
            raise ValueError(f"{out} holds a run that resume began from an export; name another folder with --out, or remove it.")
        _same_settings(start, setup, out)
        _check_last(int(start.trainer.state["step"]), setup["training"]["steps"])
        say(f"{out} holds step {start.trainer.state['step']} of a run; it goes on from there.")
    rows = given.data or given.manifest.parent / "rows.npz"
    dataset = resplit(read_dataset(manifest, rows), setup["training"]["split"])
    _to_the_end(Run(setup, dataset, world, say, start=start, out=out, origin=TRAINED, **options), world, say)


def _resume(given: argparse.Namespace, world: World, say: Say) -> None:
    options = _run_options(given)
    bundle = read_bundle(given.bundle, world.once)
    out = given.out or bundle.place / CONTINUED
    _check_out(out)
    setup = setup_of(bundle, given.steps)
    kept = checkpoints.held(out)
    if kept is not None:
        _same_export(kept, bundle, setup, out)
    start = kept or bundle.checkpoint
    at = int(start.trainer.state["step"]) if start else 0
    _check_last(at, setup["training"]["steps"])
    say(f"{setup['model']} on {bundle.manifest['title']}: from step {at} to {setup['training']['steps']}.")
    if start is None and bundle.weights is not None:
        say("The export holds weights and no checkpoint: step 0 starts from these weights, with Adam’s moments at zero.")
    elif start is None:
        say(f"The export holds settings and no weights: step 0 starts from the initial weights of seed {setup['seed']}.")
    weights = bundle.weights if start is None else None
    run = Run(setup, bundle.dataset(given.data), world, say, start=start, weights=weights, out=out, origin=bundle.origin, **options)
    _to_the_end(run, world, say)


def _to_the_end(run: Run, world: World, say: Say) -> None:
    record = run.train()
    if record["final"] is not None and world.first:
        if len(run.trainer.dataset.rows_of(TEST)) > 0:
            say(printed(record["final"], record))
        else:
            say("The data have no test rows (split 2), so there are no final metrics.")
        say(f"Best step {record['bestStep']} of {record['step']}; written to {run.out}.")


def _best_step(start: Checkpoint) -> int:
    """Of the weights that are scored."""
    if any(name.startswith("best.") for name in start.trainer.arrays):
        return int(start.trainer.state["best"]["step"])
    best = start.record.get("bestStep")
    return int(start.trainer.state["step"] if best is None else best)


def _scored(start: Checkpoint | None, place: Path, last: bool) -> str:
    """Which weights are scored, and where later ones lie."""
    which = "the weights of the export, which keeps no step" if start is None else f"the best weights, of step {_best_step(start)}"
    at = 0 if start is None else int(start.trainer.state["step"])
    if start is not None:
        which = f"the weights of step {at}, the last" if last else f"{which}; the run stands at step {at}"
    later = place / CONTINUED
    known = checkpoints.held(later)
    more = f" {later} holds step {known.trainer.state['step']}: `evaluate {later}` scores that run." if known else ""
    return f"Scores {which}.{more}"


def _evaluate(given: argparse.Namespace, world: World, say: Say) -> None:
    if is_trained(given.bundle):
        bundle, data = read_trained(given.bundle, given.manifest), given.data
        if given.manifest is not None and data is None:
            data = given.manifest.parent / "rows.npz"
    else:
        bundle, data = read_bundle(given.bundle, world.once), given.data
    start = bundle.checkpoint
    if start is None and bundle.weights is None:
        raise ValueError("The export holds settings and no weights, so there is nothing to score with; train it first with resume.")
    dataset = bundle.dataset(data)
    split = TEST if given.split == "test" else VALIDATION
    if len(dataset.rows_of(split)) == 0:
        raise ValueError(f"The data have no {given.split} rows (split {split}), so there is nothing to score.")
    if not given.json:
        say(_scored(start, given.bundle if start is not None and is_trained(given.bundle) else bundle.place, given.last))
    if given.last and start is not None:
        start.trainer.arrays = {name: values for name, values in start.trainer.arrays.items() if not name.startswith("best.")}
    run = Run(setup_of(bundle, None), dataset, world, say, start=start, weights=bundle.weights)
    metrics = run.evaluate(split)
    if world.first:
        print(json_text(metrics) if given.json else printed(metrics, run.trainer.keeper.record))


def _convert(given: argparse.Namespace) -> None:
    given.out.write_text(converted(given.run), encoding="utf-8")
    print(f"{given.out} is a run that the page imports (Compare, Import).")


def perform(words: list[str]) -> int:
    """Does what the words ask for. Returns the exit code; one sentence on stderr where it fails, also of several processes."""
    given = _arguments(words)
    world: World | None = None
    try:
        if given.command == "convert":
            _convert(given)
            return 0
        world = World()
        first = world.first

        def say(text: str) -> None:
            if first:
                print(text, flush=True)

        {"train": _train, "resume": _resume, "evaluate": _evaluate}[given.command](given, world, say)
        return 0
    except (OSError, ValueError) as error:
        if world is None or world.speaks:
            print(sentence(error), file=sys.stderr)
        return 1
    finally:
        if world is not None:
            world.close()
