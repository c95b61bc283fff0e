"""The dataset of a manifest: rows from the lab's own `rows.npz`, or from CSV or Parquet with the columns that the manifest names.

Every field has local ids `0 … size-1`, 0 is "other or unknown"; a row of the one embedding table is `offset + local id`, row 0 is padding.
In a CSV file a history is its numbers with spaces between them.
"""
from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Callable

import numpy as np

from .batches import Crosses, Layout
from .shape import DataShape, Field, HistoryShape

TRAIN, VALIDATION, TEST = 0, 1, 2
FORMAT = "scenarium-dataset/1"


@dataclass(frozen=True)
class History:
    """The last behaviours of the row's user, oldest first: local ids `[rows, L, F_i]`, scenarios `[rows, L]` (-1: none), lengths `[rows]`."""

    item_fields: list[int]
    ids: np.ndarray
    scenario: np.ndarray
    lengths: np.ndarray


@dataclass(frozen=True)
class Dataset:
    manifest: dict[str, Any]
    fields: list[Field]
    #: Local ids, one array a field `[rows]`.
    columns: list[np.ndarray]
    scenario: np.ndarray
    label: np.ndarray
    split: np.ndarray
    #: Brings an oversampled evaluation row back to its scenario's true share `[rows]`.
    weight: np.ndarray
    history: History | None
    #: True click probability `[rows]` of simulated data, and that by interest alone (None: not known); never read by a model.
    truth: tuple[np.ndarray, np.ndarray | None] | None
    timestamp: np.ndarray | None = None
    #: 1 for rows that a simulation promoted `[rows]`; None: not known.
    intervened: np.ndarray | None = None

    @property
    def rows(self) -> int:
        return len(self.label)

    @property
    def scenarios(self) -> int:
        return len(self.manifest["scenarios"])

    def rows_of(self, split: int) -> np.ndarray:
        return np.flatnonzero(self.split == split)

    def shape(self, batch: int) -> DataShape:
        training = self.split == TRAIN
        n = self.scenarios
        rows = np.bincount(self.scenario[training], minlength=n).astype(float)
        clicks = np.bincount(self.scenario[training], weights=self.label[training], minlength=n)
        rate = float(clicks.sum() / max(1.0, rows.sum()))
        return DataShape(
            batch=batch,
            scenarios=n,
            scenario_ids=[one["id"] for one in self.manifest["scenarios"]],
            fields=self.fields,
            vocabulary=int(self.manifest["vocabularySize"]),
            history=None if self.history is None else HistoryShape(self.history.ids.shape[1], self.history.item_fields),
            click_rate=rate,
            scenario_click_rate=[float(c / r) if r > 0 else rate for c, r in zip(clicks, rows)],
            scenario_rows=rows.tolist(),
        )

    @cached_property
    def _offsets(self) -> list[int]:
        return [field.offset for field in self.fields]

    def batch(self, rows: np.ndarray, layout: Layout) -> dict[str, np.ndarray]:
        """Ids `[B, width]`, scenario, label, and masks of these rows."""
        parts = [np.stack([self._offsets[f] + column[rows] for f, column in enumerate(self.columns)], 1)]
        scenario = self.scenario[rows].astype(np.int64)
        out: dict[str, np.ndarray] = {"scenario": scenario, "label": self.label[rows].astype(np.float32)[:, None]}
        if layout.history or layout.own_history:
            if self.history is None:
                raise ValueError("The model reads behaviour histories and the dataset has none.")
            offsets = np.asarray([self._offsets[f] for f in self.history.item_fields])
            ids, of = self.history.ids[rows] + offsets, self.history.scenario[rows].astype(np.int64)
            place, lengths = np.arange(ids.shape[1])[None], self.history.lengths[rows][:, None].astype(np.int64)
            if layout.history:
                chosen = self._latest((place < lengths), layout.history)
                parts += self._behaviours(out, "history", chosen, ids)
                found = np.take_along_axis(of, chosen[0], 1)
                out["history_scenario"] = np.where(chosen[1], found, -1)
                if layout.history_scenario:
                    field = next(i for i, one in enumerate(self.fields) if one.role == "scenario")
                    parts.append(np.where(chosen[1] & (found >= 0), self._offsets[field] + found + 1, 0))
            if layout.own_history:
                chosen = self._latest((place < lengths) & (of == scenario[:, None]), layout.own_history)
                parts += self._behaviours(out, "own", chosen, ids)
        if layout.crosses:
            parts.append(self._crossed(rows, layout.crosses))
        all_ids = np.concatenate(parts, 1).astype(np.int64)
        if layout.tables > 1:
            # Padding stays the table's row 0.
            all_ids = np.where(all_ids == 0, 0, all_ids * layout.tables + scenario[:, None])
        out["ids"] = all_ids
        return out

    def _crossed(self, rows: np.ndarray, crosses: Crosses) -> np.ndarray:
        """Ids of pairs of values, behind all others of a row `[B, C]`."""
        each = []
        for c, (i, j) in enumerate(crosses.pairs):
            pair = self.columns[i][rows].astype(np.int64) * self.fields[j].size + self.columns[j][rows]
            each.append(crosses.offset + c * crosses.buckets + pair % crosses.buckets)
        return np.stack(each, 1)

    @staticmethod
    def _latest(wanted: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
        """Places of the latest `length` wanted ones of each row, oldest first `[B, length]`, and which of those there are."""
        count = wanted.sum(1, keepdims=True)
        after = wanted[:, ::-1].cumsum(1)[:, ::-1]
        kept = wanted & (after <= length)
        order = np.argsort(~kept, axis=1, kind="stable")[:, :length]
        return order, np.arange(length)[None] < np.minimum(count, length)

    @staticmethod
    def _behaviours(out: dict[str, np.ndarray], name: str, chosen: tuple[np.ndarray, np.ndarray], ids: np.ndarray) -> list[np.ndarray]:
        order, there = chosen
        out[f"{name}_mask"] = there.astype(np.float32)
        picked = np.take_along_axis(ids, order[:, :, None], 1)
        return [np.where(there[:, :, None], picked, 0).reshape(len(ids), -1)]


#: Column by its name, or None where it is not there.
Columns = Callable[[str], "np.ndarray | None"]


def _fields(manifest: dict[str, Any]) -> list[Field]:
    return [Field(f["name"], f["role"], f["size"], f["offset"], f["scenarioSpecific"]) for f in manifest["fields"]]


def check_manifest(manifest: Any, where: str) -> dict[str, Any]:
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError(f"{where} is no dataset manifest of this lab ({FORMAT}); choose the one that was written beside the data.")
    return manifest


def _from_npz(manifest: dict[str, Any], file: Any) -> Dataset:
    with np.load(file) as found:
        data = {name: found[name] for name in found.files}
    fields = _fields(manifest)
    history = None
    if "history.ids" in data:
        names = [one["field"] for one in manifest["history"]["fields"]]
        indices = [next(i for i, field in enumerate(fields) if field.name == name) for name in names]
        length = manifest["history"]["length"]
        ids = data["history.ids"].reshape(-1, length, len(indices))
        history = History(indices, ids, data["history.scenario"].reshape(-1, length), data["history.lengths"])
    truth = (data["truth.probability"], data.get("truth.interest")) if "truth.probability" in data else None
    columns = [data[f"field.{i}"] for i in range(len(fields))]
    return Dataset(
        manifest,
        fields,
        columns,
        data["scenario"],
        data["label"],
        data["split"],
        data["weight"],
        history,
        truth,
        data.get("timestamp"),
        data.get("truth.intervened"),
    )


def _from_columns(manifest: dict[str, Any], column: Columns, lists: Columns) -> Dataset:
    """From flat columns by name; a list column is an array of lists."""

    def needed(name: str) -> np.ndarray:
        values = column(name)
        if values is None:
            raise ValueError(f"The rows have no column “{name}”, which the manifest names; choose the file that belongs to it.")
        return np.asarray(values)

    fields, scenario = _fields(manifest), needed("scenario").astype(np.int64)
    columns = []
    for field in fields:
        own = column(field.name)
        columns.append(scenario + 1 if own is None and field.role == "scenario" else needed(field.name).astype(np.int64))
        if len(columns[-1]) and not 0 <= int(columns[-1].min()) <= int(columns[-1].max()) < field.size:
            raise ValueError(f"Column “{field.name}” has ids outside 0 … {field.size - 1}; the manifest belongs to another file.")
    weight = column("weight")
    truth = column("truth_p")
    return Dataset(
        manifest,
        fields,
        columns,
        scenario,
        needed("label").astype(np.float32),
        needed("split").astype(np.uint8),
        np.ones(len(scenario), np.float32) if weight is None else np.asarray(weight, np.float32),
        _history(manifest, fields, lists, len(scenario)),
        None if truth is None else (np.asarray(truth, np.float32), None),
        column("timestamp"),
    )


def _history(manifest: dict[str, Any], fields: list[Field], lists: Columns, rows: int) -> History | None:
    described = manifest.get("history")
    if not described:
        return None
    length, given = described["length"], described["fields"]
    first = lists(given[0]["column"])
    if first is None:
        raise ValueError(
            f"The rows have no column “{given[0]['column']}” of histories, which the manifest names; choose the file that belongs to it."
        )
    indices = [next(i for i, field in enumerate(fields) if field.name == one["field"]) for one in given]
    ids = np.zeros((rows, length, len(given)), np.int32)
    scenario, lengths = np.full((rows, length), -1, np.int16), np.asarray([len(one) for one in first], np.int64)
    if lengths.max(initial=0) > length:
        raise ValueError(f"A history has {lengths.max()} behaviours, the manifest allows {length}; it belongs to another file.")
    there = np.arange(length)[None] < lengths[:, None]

    def spread(values: Any) -> np.ndarray:
        return np.concatenate([np.asarray(one, np.int64) for one in values]) if len(values) else np.zeros(0, np.int64)

    for k, one in enumerate(given):
        if one["column"] is None:
            ids[..., k][there] = np.asarray(one["table"])[ids[..., 0][there]]
        else:
            ids[..., k][there] = spread(lists(one["column"]))
    of = lists("history_scenario")
    if of is not None:
        scenario[there] = spread(of)
    return History(indices, ids, scenario, lengths)


def _from_csv(manifest: dict[str, Any], text: io.TextIOBase) -> Dataset:
    reader = csv.reader(text)
    names = next(reader)
    table = dict(zip(names, zip(*reader)))

    def flat(name: str) -> np.ndarray | None:
        return np.asarray(table[name], float) if name in table else None

    def lists(name: str) -> Any:
        return [[int(float(word)) for word in cell.split()] for cell in table[name]] if name in table else None

    return _from_columns(manifest, flat, lists)


def _from_parquet(manifest: dict[str, Any], path: Path) -> Dataset:
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise ValueError("Reading Parquet needs pyarrow: install it, or export the run with its rows (`--rows`).") from None
    table = parquet.read_table(path)

    def flat(name: str) -> np.ndarray | None:
        return table.column(name).to_numpy() if name in table.column_names else None

    def lists(name: str) -> Any:
        return table.column(name).to_pylist() if name in table.column_names else None

    return _from_columns(manifest, flat, lists)


def read_dataset(manifest: dict[str, Any], rows: Path) -> Dataset:
    """@raises ValueError with one sentence where the rows are not there or do not fit the manifest"""
    if not rows.exists():
        raise ValueError(f"The rows are not at {rows}; name them with --data FILE (npz, CSV or Parquet of the manifest’s columns).")
    if rows.suffix == ".npz":
        dataset = _from_npz(manifest, rows)
    elif rows.suffix == ".csv":
        with open(rows, newline="", encoding="utf-8") as text:
            dataset = _from_csv(manifest, text)
    elif rows.suffix == ".parquet":
        dataset = _from_parquet(manifest, rows)
    else:
        raise ValueError(f"{rows.name} is neither npz nor CSV nor Parquet; give the rows in one of these.")
    if dataset.rows != manifest["rows"]:
        raise ValueError(f"{rows.name} has {dataset.rows} rows and the manifest tells of {manifest['rows']}; they belong to different data.")
    return dataset


def read_manifest(path: Path) -> dict[str, Any]:
    try:
        return check_manifest(json.loads(path.read_text(encoding="utf-8")), str(path))
    except (OSError, json.JSONDecodeError) as error:
        raise ValueError(f"The manifest {path} cannot be read; name it with --manifest FILE.") from error


_RULES = {"mscan": (0.5, 0.1), "aread": (0.9, 0.05)}


def resplit(dataset: Dataset, rule: str) -> Dataset:
    """The same rows, divided by time under another rule; borders are drawn over natural traffic, rows of one moment stay together."""
    if rule == "dataset":
        return dataset
    if dataset.timestamp is None:
        raise ValueError("The data has no time column, so it can't be split by time; keep the dataset's own split.")
    train, validation = _RULES[rule]
    times, inverse = np.unique(dataset.timestamp, return_inverse=True)
    passed = np.bincount(inverse, weights=dataset.weight.astype(float)).cumsum()
    total = passed[-1] if len(passed) else 0.0

    def end(share: float) -> float:
        under = np.flatnonzero(passed <= share * total)
        return times[under[-1]] if len(under) else -np.inf

    split = np.where(dataset.timestamp <= end(train), TRAIN, np.where(dataset.timestamp <= end(train + validation), VALIDATION, TEST))
    return replace(dataset, split=split.astype(np.uint8))
