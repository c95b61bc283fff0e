"""`python -m scenarium train | evaluate | resume | convert`; several processes with `torchrun --nproc_per_node N -m scenarium …`."""
from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from . import checkpoint as checkpoints
from .bundle import CHECKPOINT, read_bundle
from .data import TEST, VALIDATION, read_dataset, read_manifest, resplit
from .models import training_defaults
from .parallel import World
from .record import Say
from .run import Run, checked_setup, converted, json_text, printed, setup_of


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
    evaluate.add_argument("bundle", type=Path)
    evaluate.add_argument("--data", type=Path)
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
    sparse = {"auto": None, "dense": False, "sparse": True}[given.table]
    return {"save_every": given.save_every, "sparse": sparse, "counted_masks": given.dropout == "lab"}


def _train(given: argparse.Namespace, world: World, say: Say) -> None:
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
    manifest = read_manifest(given.manifest)
    setup["dataset"] = manifest["id"]
    rows = given.data or given.manifest.parent / "rows.npz"
    dataset = resplit(read_dataset(manifest, rows), setup["training"]["split"])
    out = given.out or Path("trained")
    start = checkpoints.read((out / CHECKPOINT).read_bytes(), CHECKPOINT) if (out / CHECKPOINT).exists() else None
    if start is not None:
        say(f"{out} holds step {start.trainer.state['step']} of a run; it goes on from there.")
    _to_the_end(Run(setup, dataset, world, say, start=start, out=out, **_run_options(given)), world, say)


def _resume(given: argparse.Namespace, world: World, say: Say) -> None:
    options = _run_options(given)
    bundle = read_bundle(given.bundle)
    out = given.out or bundle.place / "continued"
    setup = setup_of(bundle, given.steps)
    start = bundle.checkpoint
    if (out / CHECKPOINT).exists():
        start = checkpoints.read((out / CHECKPOINT).read_bytes(), CHECKPOINT)
    at = int(start.trainer.state["step"]) if start else 0
    if at >= setup["training"]["steps"]:
        raise ValueError(f"The run stands at its last step, {at}; say --steps N with a larger number to go on.")
    say(f"{setup['model']} on {bundle.manifest['title']}: from step {at} to {setup['training']['steps']}.")
    run = Run(setup, bundle.dataset(given.data), world, say, start=start, weights=bundle.weights, out=out, **options)
    _to_the_end(run, world, say)


def _to_the_end(run: Run, world: World, say: Say) -> None:
    record = run.train()
    if record["final"] is not None and world.first:
        say(printed(record["final"], record))
        say(f"Best step {record['bestStep']} of {record['step']}; written to {run.out}.")


def _evaluate(given: argparse.Namespace, world: World, say: Say) -> None:
    bundle = read_bundle(given.bundle)
    if bundle.checkpoint is None and bundle.weights is None:
        raise ValueError("The bundle holds neither a checkpoint nor weights, so there is nothing to score with.")
    start = bundle.checkpoint
    if given.last and start is not None:
        start.trainer.arrays = {name: values for name, values in start.trainer.arrays.items() if not name.startswith("best.")}
    run = Run(setup_of(bundle, None), bundle.dataset(given.data), world, say, start=start, weights=bundle.weights)
    metrics = run.evaluate(TEST if given.split == "test" else VALIDATION)
    if world.first:
        print(json_text(metrics) if given.json else printed(metrics, run.trainer.keeper.record))


def _convert(given: argparse.Namespace) -> None:
    given.out.write_text(converted(given.run), encoding="utf-8")
    print(f"{given.out} is a run that the page imports (Compare, Import).")


def main(words: list[str]) -> int:
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
    except OSError as error:
        print(f"{error.filename or 'A file'} cannot be read or written: {(error.strerror or str(error)).lower()}.", file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        if world is not None:
            world.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
