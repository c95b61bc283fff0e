"""M-scan (Zhu et al., WWW 2024): a scenario's own behaviours, co-attention over all, and a scenario bias eliminator.

`match` scores interest, `scenario` the scenario's direct effect; trained on `match * sigmoid(scenario)` and, weighted by α, on
`scenario`; ranked by `sigmoid(scenario) * (match - c)` (Eq 12).
"""
from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .. import counter
from ..layers import Group, Inputs, Linear, Mlp, filled, history_of, made, masked_softmax, mean_over, own_history_of, sum_over, weight
from ..shape import DataShape, Needs, Settings, prior
from .base import Losses, Model, Pass, Scores, bce
from .shown import Probes, by_scenario, happened_in, single_by_scenario


def _blocks(name: str, width: int, one) -> nn.Parameter:
    """Three matrices side by side (update, reset, candidate) `[D, 3 D]`, each with a stream of its own."""

    def start(seed: int, _name: str) -> np.ndarray:
        parts = [one(seed, f"encoder.{name}.weight.{gate}").reshape(width, width) for gate in ("update", "reset", "candidate")]
        return np.concatenate(parts, 1)

    return made(width, 3 * width, start=start)


class Gru(Group):
    """`input.weight [D, 3 D]`, `input.bias`, `state.weight [D, 3 D]`: blocks z, r, n; the reset gate stands before the state's product."""

    def __init__(self, width: int) -> None:
        limit = (6 / (2 * width)) ** 0.5
        super().__init__(
            input=Group(
                weight=_blocks("input", width, lambda seed, name: counter.uniform(seed, name, width * width, -limit, limit)), bias=filled(3 * width)
            ),
            state=Group(weight=_blocks("state", width, lambda seed, name: counter.orthogonal(seed, name, width, width))),
        )
        self.width = width

    def forward(self, items: Tensor, mask: Tensor, candidate: Tensor) -> Tensor:
        w, weights = self.width, self.state.weight
        projected = items @ self.input.weight + self.input.bias
        gates, last = weights[:, : 2 * w], weights[:, 2 * w :]
        h = items.new_zeros(len(items), w)
        for k in range(items.shape[1]):
            z, r = torch.sigmoid(projected[:, k, : 2 * w] + h @ gates).split(w, 1)
            n = torch.tanh(projected[:, k, 2 * w :] + (r * h) @ last)
            h = torch.lerp(h, torch.lerp(h, n, z), mask[:, k : k + 1])
        return h


class AttentionEncoder(Group):
    """`own.weight`, `item.weight` `[D, h]`, `bias [h]`, `output.weight [h, 1]`."""

    def __init__(self, width: int, hidden: int) -> None:
        fan = (2 * width, hidden)
        super().__init__(
            own=Group(weight=weight(width, hidden, fan=fan)),
            item=Group(weight=weight(width, hidden, fan=fan)),
            bias=filled(hidden),
            output=Group(weight=weight(hidden, 1)),
        )

    def forward(self, items: Tensor, mask: Tensor, candidate: Tensor) -> Tensor:
        hidden = torch.relu(items @ self.own.weight + (candidate @ self.item.weight)[:, None] + self.bias)
        return sum_over(items, masked_softmax((hidden @ self.output.weight)[..., 0], mask))


class CoAttention(Group):
    """Eq 14–17; `history.weight`, `item.weight`, `own.weight` (of `co`), `bias`, `output.weight`. The first product splits into three."""

    def __init__(self, kind: str, history: int, item: int, hidden: int) -> None:
        super().__init__()
        self.kind = kind
        if kind in ("none", "mean"):
            return
        fan = (history + item * (2 if kind == "co" else 1), hidden)
        for part, width in (("history", history), ("item", item), *([("own", item)] if kind == "co" else [])):
            self[part] = Group(weight=weight(width, hidden, fan=fan))
        self["bias"], self["output"] = filled(hidden), Group(weight=weight(hidden, 1))

    def forward(self, history: Tensor, history_mask: Tensor, own: Tensor, own_mask: Tensor, candidate: Tensor) -> tuple[Tensor, Tensor | None]:
        """β of behaviours `[B, L]`, and of `co` every own behaviour's say in it `[B, L, L_own]` (Eq 16)."""
        if self.kind == "none":
            return torch.zeros_like(history_mask), None
        if self.kind == "mean":
            return history_mask / history_mask.sum(1, keepdim=True).clamp(min=1), None
        a = history @ self["history"].weight
        item = candidate @ self["item"].weight + self.bias
        if self.kind == "target":
            scores = (torch.relu(a + item[:, None]) @ self.output.weight)[..., 0]
            return masked_softmax(scores, history_mask), None
        pair = own @ self["own"].weight + item[:, None]
        scores = (torch.relu(a[:, :, None] + pair[:, None]) @ self.output.weight)[..., 0]
        # Without a behaviour in the current scenario one of zeros stands in.
        stand_in = F.pad(1 - own_mask.sum(1, keepdim=True).clamp(max=1), (0, own_mask.shape[1] - 1))
        relevance = scores + (own_mask + stand_in - 1)[:, None] * 1e9
        return masked_softmax(relevance.amax(2), history_mask), relevance


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt((values**2).mean())) or 1.0


def _logistic(columns: np.ndarray, label: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
    """Logistic regression on columns `[rows, k]` by Newton's method with halved steps: coefficients and summed log loss."""

    def loss_of(coefficients: np.ndarray) -> float:
        z = columns @ coefficients
        return float((weight * (np.maximum(z, 0) - z * label + np.log1p(np.exp(-np.abs(z))))).sum())

    rows, k = columns.shape
    found, loss = np.zeros(k), loss_of(np.zeros(k))
    for _ in range(30):
        p = 1 / (1 + np.exp(-(columns @ found)))
        slope = columns.T @ (weight * (p - label))
        curvature = (columns * (weight * p * (1 - p))[:, None]).T @ columns + 1e-9 * rows * np.eye(k)
        move, share, next_loss, following = np.linalg.solve(curvature, slope), 1.0, np.inf, found
        while share > 1e-4 and not next_loss <= loss:
            following = found - share * move
            next_loss = loss_of(following)
            share /= 2
        if not next_loss < loss:
            break
        gained, found, loss = loss - next_loss, following, next_loss
        if gained < 1e-9 * rows:
            break
    return found, loss


def likeliest_reference(match: np.ndarray, gate: np.ndarray, label: np.ndarray, weight: np.ndarray, reach: float) -> float:
    """The c of `gate * (match - c)` whose click probability has the least log loss, slope and offset free; 0 where chance brings as much."""
    if not reach > 0 or not 0 < label.sum() < len(label):
        return 0.0
    fused = match * gate
    fused_size, gate_size = _rms(fused), _rms(gate)
    one = np.ones_like(match)
    _, plain = _logistic(np.stack([one, fused / fused_size], 1), label, weight)
    coefficients, free = _logistic(np.stack([one, fused / fused_size, gate / gate_size], 1), label, weight)
    of_fused, of_gate = coefficients[1] / fused_size, coefficients[2] / gate_size
    # Twice the gain in log-likelihood that c may bring by chance in 1 of 20 samples.
    if not of_fused > 0 or 2 * (plain - free) < 3.841:
        return 0.0
    return float(min(max(-of_gate / of_fused, -reach), reach))


class Mscan(Model):
    id = "mscan"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        if shape.history is None:
            raise ValueError("M-scan reads what users clicked before, and this dataset has no histories; choose one with history_* columns.")
        super().__init__(shape, settings)
        d, only_id = settings["embeddingDim"], settings["scenarioFields"] == "id"
        contexts = shape.indices(roles=("context",))
        self.scenario_fields = shape.indices(roles=("scenario",) if only_id else ("context", "scenario"))
        self.match_fields = [*shape.indices(roles=("user",)), *shape.indices(roles=("item",)), *(contexts if only_id else []), *self.scenario_fields]
        item = len(shape.item_fields) * d
        history = item + (d if settings["historyScenarioEmbedding"] else 0)
        hidden = settings["attentionHidden"]
        if settings["encoder"] == "gru":
            self["encoder"] = Gru(item)
        elif settings["encoder"] == "attention":
            self["encoder"] = AttentionEncoder(item, hidden)
        self["attention"] = CoAttention(settings["saca"], history, item, hidden)
        n, dropout = shape.scenarios, settings["dropout"]
        width = len(self.match_fields) * d + item + history
        self["match"] = Mlp(width, settings["hidden"], settings["batchNorm"], n, dropout)
        start = prior(shape, settings)
        # The gate tends to the click rate, so the match score has to start that much larger.
        self.match["output"] = Linear(self.match.out, 1, start / max(shape.click_rate, 1e-3) if settings["sbe"] else start)
        if settings["sbe"]:
            self["scenario"] = Mlp(len(self.scenario_fields) * d, settings["scenarioHidden"], "off", n, dropout)
            self.scenario["output"] = Linear(self.scenario.out, 1, start)
        self["counterfactualReference"] = torch.tensor([settings["c"] if settings["cMode"] == "fixed" else 0.0])

    @classmethod
    def needs(cls, shape: DataShape, settings: Settings) -> Needs:
        return Needs(
            history=settings["historyLength"], history_scenario=settings["historyScenarioEmbedding"], own_history=settings["ownHistoryLength"]
        )

    def forward(self, inputs: Inputs) -> Pass:
        history, own = history_of(inputs), own_history_of(inputs)
        candidate = inputs.pick_flat(self.shape.item_fields)
        behaviours = history.items if history.scenario is None else torch.cat([history.items, history.scenario], 2)
        state = self.encoder(own.items, own.mask, candidate) if "encoder" in self else mean_over(own.items, own.mask)
        weights, relevance = self.attention(behaviours, history.mask, own.items, own.mask, candidate)
        interest = sum_over(behaviours, weights)
        x = torch.cat([inputs.pick_flat(self.match_fields), state, interest], 1)
        match = self.match.output(self.match(x, inputs))
        out = {"logit": match, "matchScore": match, "historyWeight": weights, "interest": interest, "state": state}
        if relevance is not None:
            out["relevance"] = relevance
        if "scenario" not in self:
            return out
        direct = self.scenario.output(self.scenario(inputs.pick_flat(self.scenario_fields), inputs))
        return {**out, "logit": match * torch.sigmoid(direct), "scenarioLogit": direct}

    def losses(self, out: Pass, inputs: Inputs) -> Losses:
        click = bce(out["logit"], inputs)
        if "scenarioLogit" not in out:
            return {"total": click, "click": click}
        scenario = bce(out["scenarioLogit"], inputs)
        return {"total": click + self.settings["alpha"] * scenario, "click": click, "scenario": scenario}

    def scores(self, out: Pass, inputs: Inputs) -> Scores:
        probability = torch.sigmoid(out["logit"])
        if "scenarioLogit" not in out:
            return Scores(out["logit"], probability)
        gate = torch.sigmoid(out["scenarioLogit"])
        score = gate * (out["matchScore"] - self.counterfactualReference)
        return Scores(score, probability, {"matchScore": out["matchScore"], "scenarioGate": gate})

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        """Attention is undefined for a row without history, which does not count for it."""
        weights, mask, own = out["historyWeight"], history_of(inputs).mask, own_history_of(inputs).mask
        read = weights.sum(1, keepdim=True).round()
        behaviours, empty = mask.sum(1, keepdim=True), 1 - own.sum(1, keepdim=True).clamp(max=1)

        def over(values: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
            return by_scenario(values, inputs)[0], single_by_scenario(rows, inputs)[0]

        entropy = -(weights * torch.log(weights + 1e-12)).sum(1, keepdim=True)
        shown: Probes = {
            "attention": over(happened_in(weights, inputs), read),
            "attentionUniform": over(happened_in(mask / behaviours.clamp(min=1), inputs), behaviours.clamp(max=1)),
            "attentionPosition": over(weights, read),
            "attentionEntropy": (single_by_scenario(entropy, inputs)[0], single_by_scenario(read, inputs)[0]),
            "ownHistoryEmpty": single_by_scenario(empty, inputs),
        }
        if "relevance" in out:
            deciding = F.one_hot(out["relevance"].argmax(2), own.shape[1]).to(weights.dtype)
            share = (deciding * (weights * (1 - empty))[:, :, None]).sum(1)
            shown["decidingBehaviour"] = over(share, read * (1 - empty))
        if "scenarioLogit" in out:
            shown["scenarioEffect"] = single_by_scenario(torch.sigmoid(out["scenarioLogit"]), inputs)
        return shown

    @property
    def tunes(self) -> bool:
        return self.settings["sbe"] and self.settings["cMode"] == "auto"

    def tune(self, columns: dict[str, np.ndarray], label: np.ndarray, weight: np.ndarray, auc) -> np.ndarray:
        """Chooses c on validation rows, by log loss or by overall AUC (of equals the one nearest to 0); returns the rows' scores under it."""
        match, gate = (columns[name][:, 0].astype(np.float64) for name in ("matchScore", "scenarioGate"))
        reach = 1.5 * np.abs(match).sum() / max(1, len(match))
        if self.settings["cBy"] == "logLoss":
            c = likeliest_reference(match, gate, label, weight.astype(np.float64), reach)
            self.counterfactualReference.fill_(c)
            return (gate * (match - c)).astype(np.float32)
        grid = [0.0] if not reach > 0 else [0.0 if k == 10 else reach * (2 * k / 20 - 1) for k in range(21)]
        best = None
        for c in sorted(grid, key=abs):
            score = (gate * (match - c)).astype(np.float32)
            value = auc(score)
            if value is not None and (best is None or value > best[0]):
                best = (value, c, score)
        _, c, score = best or (0.0, 0.0, (gate * match).astype(np.float32))
        self.counterfactualReference.fill_(c)
        return score


MODELS = (Mscan,)
