"""A level of Progressive Layered Extraction (Tang et al., RecSys 2020); one level alone is Customized Gate Control."""
from __future__ import annotations

import torch
from torch import Tensor

from .gates import ScenarioGate, SharedGate
from .linear import mix
from .mlp import StackedMlp
from .rows import Inputs, Rows
from .variables import Group


class ExtractionLevel(Group):
    """`expert.k.*` (ordered scenario 0's, …, shared), `gate.*` `[N, in, S + M]` and, but for the last level, `sharedGate.*`."""

    def __init__(self, width: int, widths: list[int], norm: str, scenarios: int, dropout: float, specific: int, shared: int, last: bool) -> None:
        experts = scenarios * specific + shared
        super().__init__(expert=StackedMlp(experts, width, widths, norm, scenarios, dropout), gate=ScenarioGate(scenarios, width, specific + shared))
        if not last:
            self["sharedGate"] = SharedGate(width, experts)
        self.sizes, self.out = (scenarios, specific, shared), self.expert.out

    def _members(self, device: torch.device) -> Tensor:
        """Which expert each gate entry of each scenario means `[N, S + M]`."""
        scenarios, specific, shared = self.sizes
        own = torch.arange(scenarios * specific, device=device).view(scenarios, specific)
        common = torch.arange(shared, device=device) + scenarios * specific
        return torch.cat([own, common.expand(scenarios, shared)], 1)

    def _fan(self, streams: Tensor) -> Tensor:
        """Each expert's input `[E, B, w]` from the streams `[N + 1, B, w]`."""
        scenarios, specific, shared = self.sizes
        own = streams[:scenarios].repeat_interleave(specific, 0)
        return torch.cat([own, streams[scenarios:].expand(shared, -1, -1)])

    def finish(self, entry: Tensor, inputs: Inputs) -> tuple[Tensor, Tensor]:
        """The last level: each row's own mixture `[B, w]` and its gate `[B, S + M]`. `entry`: `[B, in]` or streams."""
        scenarios, specific, shared = self.sizes
        batch = len(inputs)
        each = torch.arange(batch, device=entry.device)
        own = entry if entry.dim() == 2 else entry[inputs.index, each]
        weights = self.gate.own(own, inputs)
        members = self._members(entry.device)[inputs.index]
        if self.expert.can_route and scenarios > 8:
            common = entry if entry.dim() == 2 else entry[scenarios]
            x = torch.cat([own] * specific + [common] * shared)
            rows = Rows(members.t().reshape(-1), self.expert.stack, inputs.weight.repeat(specific + shared, 1), inputs.run)
            bodies = self.expert.routed(x, rows).view(specific + shared, batch, -1)
        else:
            everyone = self.expert(entry if entry.dim() == 2 else self._fan(entry), inputs)
            bodies = everyone[members.t(), each]
        return mix(bodies, weights), weights

    def extract(self, entry: Tensor, inputs: Inputs) -> Tensor:
        """An inner level: all streams `[N + 1, B, w]`."""
        scenarios = self.sizes[0]
        bodies = self.expert(entry if entry.dim() == 2 else self._fan(entry), inputs)
        gates = self.gate.every(entry if entry.dim() == 2 else entry[:scenarios])
        common = entry if entry.dim() == 2 else entry[scenarios]
        members = self._members(entry.device)
        own = torch.einsum("nbm,nmbw->nbw", gates, bodies[members])
        return torch.cat([own, mix(bodies, self.sharedGate(common))[None]])
