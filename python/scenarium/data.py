"""The dataset of a manifest: rows from the lab's own `rows.npz`, or from CSV or Parquet with the columns that the manifest names.

Every field has local ids `0 … size-1`, 0 is "other or unknown"; a row of the one embedding table is `offset + local id`, row 0 is padding.
In a CSV file a history is its numbers with spaces between them.
"""
from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Callable, Iterable

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
#: Column of lists by its name: how long each is `[rows]`, and all their numbers one after the other.
Lists = Callable[[str], "tuple[np.ndarray, np.ndarray] | None"]


def _fields(manifest: dict[str, Any]) -> list[Field]:
    return [Field(f["name"], f["role"], f["size"], f["offset"], f["scenarioSpecific"]) for f in manifest["fields"]]


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and value >= 0


def _field_is_whole(field: Any, vocabulary: int) -> bool:
    if not isinstance(field, dict) or not isinstance(field.get("name"), str) or not isinstance(field.get("role"), str):
        return False
    size, offset = field.get("size"), field.get("offset")
    if not isinstance(size, int) or not isinstance(offset, int) or "scenarioSpecific" not in field:
        return False
    return size >= 0 and offset >= 1 and offset + size <= vocabulary


def _history_is_whole(history: Any, names: list[str]) -> bool:
    if history is None:
        return True
    if not isinstance(history, dict) or not _is_count(history.get("length")) or not isinstance(history.get("fields"), list):
        return False
    return all(isinstance(one, dict) and one.get("field") in names and {"column", "table"} <= set(one) for one in history["fields"])


def _wrong_in(manifest: dict[str, Any]) -> str | None:
    """The part of a manifest that is missing or no such thing."""
    kinds = {"id": str, "title": str, "fingerprint": str, "rows": int, "vocabularySize": int, "scenarios": list, "fields": list}
    wrong = next((name for name, kind in kinds.items() if not isinstance(manifest.get(name), kind)), None)
    if wrong is not None:
        return wrong
    known = {"id", "name", "group", "share", "clickRate"}
    if not manifest["scenarios"] or not all(isinstance(one, dict) and known <= set(one) for one in manifest["scenarios"]):
        return "scenarios"
    if not all(_field_is_whole(field, manifest["vocabularySize"]) for field in manifest["fields"]):
        return "fields"
    names = [field["name"] for field in manifest["fields"]]
    return None if "history" in manifest and _history_is_whole(manifest["history"], names) else "history"


def check_manifest(manifest: Any, where: str) -> dict[str, Any]:
    """@raises ValueError with one sentence where it is another file, of another version, or damaged"""
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError(f"{where} is no dataset manifest of this lab ({FORMAT}); choose the one that was written beside the data.")
    wrong = _wrong_in(manifest)
    if wrong is not None:
        raise ValueError(f"The manifest {where} is damaged in “{wrong}”; choose the one that was written beside the data.")
    return manifest


def _within(values: np.ndarray, low: int, high: int) -> bool:
    return bool(len(values) == 0 or (low <= values.min() and values.max() <= high))


def _checked(dataset: Dataset, where: str) -> Dataset:
    """@raises ValueError with one sentence where the rows do not fit the manifest"""
    manifest, rows = dataset.manifest, dataset.rows
    if rows != manifest["rows"]:
        raise ValueError(f"{where} has {rows} rows and the manifest tells of {manifest['rows']}; they belong to different data.")
    named = {"scenario": dataset.scenario, "split": dataset.split, "weight": dataset.weight}
    named.update({field.name: column for field, column in zip(dataset.fields, dataset.columns)})
    short = next((name for name, values in named.items() if values.shape != (rows,)), None)
    if short is not None:
        raise ValueError(f"Column “{short}” of {where} does not have one value a row; it may be cut off.")
    if not _within(dataset.scenario, 0, dataset.scenarios - 1):
        raise ValueError(f"Column “scenario” has numbers outside 0 … {dataset.scenarios - 1}; the manifest belongs to another file.")
    for field, column in zip(dataset.fields, dataset.columns):
        if not _within(column, 0, field.size - 1):
            raise ValueError(f"Column “{field.name}” has ids outside 0 … {field.size - 1}; the manifest belongs to another file.")
    if not _within(dataset.split, TRAIN, TEST):
        raise ValueError("Column “split” has numbers outside 0 … 2 (train, validation, test).")
    if not np.isin(dataset.label, (0, 1)).all():
        raise ValueError("Column “label” has values that are neither 0 nor 1.")
    if not np.isfinite(dataset.weight).all():
        raise ValueError("Column “weight” has values that are no numbers.")
    history = dataset.history
    if history is not None:
        if len(history.lengths) != rows or not _within(history.lengths, 0, history.ids.shape[1]):
            raise ValueError(f"Histories in {where} are not as long as the manifest says; it may be cut off.")
        for k, i in enumerate(history.item_fields):
            if not _within(history.ids[..., k], 0, dataset.fields[i].size - 1):
                raise ValueError(
                    f"Histories have ids of “{dataset.fields[i].name}” outside 0 … {dataset.fields[i].size - 1}; the manifest belongs to another file."
                )
    return dataset


def _from_npz(manifest: dict[str, Any], file: Path) -> Dataset:
    try:
        with np.load(file) as found:
            data = {name: found[name] for name in found.files}
    except (ValueError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{file.name} is no npz file that can be read, or is cut off; export the run again.") from error
    fields = _fields(manifest)

    def needed(name: str) -> np.ndarray:
        if name not in data:
            raise ValueError(f"{file.name} has no array “{name}”, which the manifest asks for; choose the file that belongs to it.")
        return data[name]

    history, described = None, manifest["history"]
    if described is not None:
        names = [one["field"] for one in described["fields"]]
        indices = [next(i for i, field in enumerate(fields) if field.name == name) for name in names]
        length, rows = described["length"], len(needed("label"))
        ids, scenario = needed("history.ids"), needed("history.scenario")
        if ids.size != rows * length * len(indices) or scenario.size != rows * length:
            raise ValueError(f"Histories in {file.name} are not as long as the manifest says; it may be cut off.")
        history = History(indices, ids.reshape(rows, length, -1), scenario.reshape(rows, length), needed("history.lengths"))
    truth = (data["truth.probability"], data.get("truth.interest")) if "truth.probability" in data else None
    return Dataset(
        manifest,
        fields,
        [needed(f"field.{i}") for i in range(len(fields))],
        needed("scenario"),
        needed("label"),
        needed("split"),
        needed("weight"),
        history,
        truth,
        data.get("timestamp"),
        data.get("truth.intervened"),
    )


def _from_columns(manifest: dict[str, Any], column: Columns, lists: Lists) -> Dataset:
    """From flat columns and columns of lists, by name."""

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


def _history(manifest: dict[str, Any], fields: list[Field], lists: Lists, rows: int) -> History | None:
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
    scenario, lengths = np.full((rows, length), -1, np.int16), first[0].astype(np.int64)
    if lengths.max(initial=0) > length:
        raise ValueError(f"A history has {lengths.max()} behaviours, the manifest allows {length}; it belongs to another file.")
    there = np.arange(length)[None] < lengths[:, None]

    def spread(name: str) -> np.ndarray:
        found = lists(name)
        if found is None or not np.array_equal(found[0], lengths):
            raise ValueError(f"Column “{name}” of histories is not there, or not as long as “{given[0]['column']}” in every row.")
        return found[1]

    for k, one in enumerate(given):
        if one["column"] is None:
            ids[..., k][there] = np.asarray(one["table"])[ids[..., 0][there]]
        else:
            ids[..., k][there] = spread(one["column"])
    if lists("history_scenario") is not None:
        scenario[there] = spread("history_scenario")
    return History(indices, ids, scenario, lengths)


def _from_csv(manifest: dict[str, Any], text: io.TextIOBase) -> Dataset:
    reader = csv.reader(text)
    names: list[str] = next(reader, [])
    rows = [row for row in reader if row]
    ragged = next((k for k, row in enumerate(rows) if len(row) != len(names)), None)
    if ragged is not None:
        raise ValueError(f"Row {ragged + 1} of the CSV file has {len(rows[ragged])} cells and its head {len(names)}.")
    table = dict(zip(names, zip(*rows) if rows else ([] for _ in names)))

    def numbers(name: str, words: Iterable[str]) -> list[float]:
        try:
            return [float(word) for word in words]
        except ValueError:
            bad = next(word for word in words if not _is_number(word))
            raise ValueError(f"Column “{name}” of the CSV file holds “{bad[:40]}”, which is no number.") from None

    def flat(name: str) -> np.ndarray | None:
        return np.asarray(numbers(name, table[name]), float) if name in table else None

    def lists(name: str) -> tuple[np.ndarray, np.ndarray] | None:
        if name not in table:
            return None
        each = [cell.split() for cell in table[name]]
        every = numbers(name, [word for words in each for word in words])
        return np.asarray([len(words) for words in each], np.int64), np.asarray(every, float).astype(np.int64)

    return _from_columns(manifest, flat, lists)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _from_parquet(manifest: dict[str, Any], path: Path) -> Dataset:
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise ValueError("Reading Parquet needs pyarrow: install it, or export the run with its rows (`--rows`).") from None
    try:
        table = parquet.read_table(path)
    except (ValueError, OSError) as error:
        raise ValueError(f"{path.name} is no Parquet file that can be read, or is cut off.") from error

    def flat(name: str) -> np.ndarray | None:
        return table.column(name).to_numpy() if name in table.column_names else None

    def lists(name: str) -> tuple[np.ndarray, np.ndarray] | None:
        if name not in table.column_names:
            return None
        # Not through Python's lists, which take ten times the memory.
        chunks = [chunk for chunk in table.column(name).chunks if len(chunk)]
        ends = [np.diff(chunk.offsets.to_numpy(zero_copy_only=False)) for chunk in chunks]
        values = [chunk.flatten().to_numpy(zero_copy_only=False).astype(np.int64) for chunk in chunks]
        return np.concatenate([np.zeros(0, np.int64), *ends]).astype(np.int64), np.concatenate([np.zeros(0, np.int64), *values])

    return _from_columns(manifest, flat, lists)


def read_dataset(manifest: dict[str, Any], rows: Path) -> Dataset:
    """@raises ValueError with one sentence where the rows are not there or do not fit the manifest"""
    if not rows.is_file():
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
    return _checked(dataset, rows.name)


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
