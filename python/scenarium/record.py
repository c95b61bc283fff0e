"""A run's record as the lab keeps it: curves, probes and final metrics, thinned alike, so that the page shows a run trained here."""
from __future__ import annotations

import json
from typing import Any, Callable, Mapping

import numpy as np

_KINDS = {"f32": np.float32, "u8": np.uint8, "u16": np.uint16, "i32": np.int32}
_NAMES = {"f32": "Float32Array", "u8": "Uint8Array", "u16": "Uint16Array", "i32": "Int32Array"}
MOST_POINTS, MOST_FRAMES, MOST_NUMBERS = 300, 64, 2_000_000
Record = dict[str, Any]


def _kind(array: np.ndarray) -> str:
    return next(name for name, dtype in _KINDS.items() if array.dtype == dtype)


def unpacked(node: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """A record with its arrays, from JSON in which each is named."""
    if isinstance(node, list):
        return [unpacked(child, arrays) for child in node]
    if not isinstance(node, dict):
        return node
    if "$array" in node:
        return arrays[node["$array"]].astype(_KINDS[node["type"]])
    return {key: unpacked(child, arrays) for key, child in node.items()}


def packed(record: Record) -> tuple[Any, dict[str, np.ndarray]]:
    """The other way round."""
    arrays: dict[str, np.ndarray] = {}

    def visit(node: Any) -> Any:
        if isinstance(node, np.ndarray):
            name = str(len(arrays))
            arrays[name] = node if node.dtype == np.float32 else node.astype(np.int32)
            return {"$array": name, "type": _kind(node)}
        if isinstance(node, list):
            return [visit(child) for child in node]
        return {key: visit(child) for key, child in node.items()} if isinstance(node, dict) else node

    return visit(record), arrays


def run_file(record: Record) -> str:
    """The text of a file that the page imports."""

    def plain(node: Any) -> Any:
        if isinstance(node, np.ndarray):
            values = [None if isinstance(v, float) and not np.isfinite(v) else v for v in node.reshape(-1).tolist()]
            return {"$array": _NAMES[_kind(node)], "values": values}
        if isinstance(node, list):
            return [plain(child) for child in node]
        return {key: plain(child) for key, child in node.items()} if isinstance(node, dict) else node

    return json.dumps(plain(record), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class Thinned:
    """A history of bounded length: every `stride`-th point that came, and the newest."""

    def __init__(self, points: list[Any], seen: int, stride: int) -> None:
        self.points, self.seen, self.stride = points, seen, stride

    def add(self, point: Any, limit: int) -> None:
        if self.points and self.points[-1]["step"] == point["step"]:
            self.points[-1] = point
            return
        if self.seen > 0 and (self.seen - 1) % self.stride:
            self.points.pop()
        while len(self.points) >= limit:
            self.points = self.points[::2]
            self.stride *= 2
        self.points.append(point)
        self.seen += 1

    def without_later(self, step: int) -> None:
        kept = [point for point in self.points if point["step"] <= step]
        if len(kept) < len(self.points):
            self.points = kept
            self.seen = (len(kept) - 1) * self.stride + 1 if kept else 0
            self.stride = self.stride if kept else 1

    @property
    def spacing(self) -> dict[str, int]:
        return {"seen": self.seen, "stride": self.stride}


def _widened(known: dict[str, float] | None, values: list[float | None]) -> dict[str, float] | None:
    finite = [value for value in values if value is not None and np.isfinite(value)]
    every = [*finite, *([known["min"], known["max"]] if known else [])]
    return {"min": min(every), "max": max(every)} if every else known


class Keeper:
    """Adds what a run tells to its record."""

    def __init__(self, record: Record) -> None:
        self.record = {key: value for key, value in record.items() if key != "representation"}
        thinning = record.get("thinning") or {}
        self.history = self._thinned(record["history"], thinning.get("history"))
        self.losses = self._thinned(record["losses"], thinning.get("losses"))
        frames: dict[str, list[Any]] = {name: [] for name in thinning.get("probes", {})}
        for kept in record["probes"]:
            for value in kept["probes"]:
                frames.setdefault(value["name"], []).append({"step": kept["step"], "value": value})
        self.frames = {name: self._thinned(points, thinning.get("probes", {}).get(name)) for name, points in frames.items()}
        self.ranges = thinning.get("ranges") or {"noiseFree": None, "drawn": None, "losses": {}}

    @staticmethod
    def _thinned(points: list[Any], spacing: Mapping[str, int] | None) -> Thinned:
        known = spacing or {"seen": len(points), "stride": 1}
        return Thinned(list(points), known["seen"], known["stride"])

    def goes_on(self, step: int) -> None:
        """Steps after this one are taken anew; a run that goes on is no longer at its end."""
        self.record.update(step=step, final=None, bestStep=None, doneReason=None, failure=None, status="running")
        for thinned in (self.history, self.losses, *self.frames.values()):
            thinned.without_later(step)
        self.frames = {name: frames for name, frames in self.frames.items() if frames.points}

    def loss(self, step: int, terms: dict[str, float]) -> None:
        finite = {name: value for name, value in terms.items() if np.isfinite(value)}
        self.losses.add({"step": step, "terms": finite}, MOST_POINTS)
        for name, value in finite.items():
            self.ranges["losses"][name] = _widened(self.ranges["losses"].get(name), [value])

    def evaluation(self, step: int, metrics: dict[str, Any]) -> None:
        self.history.add({"step": step, "metrics": metrics}, MOST_POINTS)
        for name, overall, each in (("noiseFree", "domainNoiseFreeAuc", "noiseFreeAuc"), ("drawn", "domainAuc", "auc")):
            values = [metrics[overall], *(one[each] for one in metrics["scenarios"])]
            self.ranges[name] = _widened(self.ranges[name], values)

    def probes(self, step: int, values: list[dict[str, Any]]) -> None:
        known = {spec["name"] for spec in self.record["probeSpecs"]}
        for value in values:
            if value["name"] in known:
                limit = max(2, min(MOST_FRAMES, MOST_NUMBERS // max(1, len(value["values"]))))
                self.frames.setdefault(value["name"], Thinned([], 0, 1)).add({"step": step, "value": value}, limit)

    def now(self, step: int, status: str, **more: Any) -> Record:
        by_step: dict[int, list[Any]] = {}
        for frames in self.frames.values():
            for point in frames.points:
                by_step.setdefault(point["step"], []).append(point["value"])
        self.record.update(
            step=step,
            status=status,
            history=self.history.points,
            losses=self.losses.points,
            probes=[{"step": at, "probes": by_step[at]} for at in sorted(by_step)],
            thinning={
                "history": self.history.spacing,
                "losses": self.losses.spacing,
                "probes": {name: frames.spacing for name, frames in self.frames.items()},
                "ranges": self.ranges,
            },
            **more,
        )
        return self.record


def probe_value(name: str, total: np.ndarray, count: np.ndarray, squares: np.ndarray | None = None) -> dict[str, Any]:
    """Means of sums `[…]` and counts over its leading axes, with `squares` deviations; undefined (0 and marked so) without a count."""
    spread = np.broadcast_to(count.reshape(*count.shape, *[1] * (total.ndim - count.ndim)), total.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(spread != 0, total / spread, np.nan)
        if squares is not None:
            # Rounding can take a variance of nothing below 0.
            mean = np.sqrt(np.maximum(0, np.where(spread != 0, squares / spread, np.nan) - mean * mean))
    defined = np.isfinite(mean)
    return {
        "name": name,
        "shape": list(total.shape),
        "values": np.where(defined, mean, 0).astype(np.float32).reshape(-1),
        "defined": defined.astype(np.uint8).reshape(-1),
    }


#: Told of progress: step, and a sentence.
Say = Callable[[str], None]
