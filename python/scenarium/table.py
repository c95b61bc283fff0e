"""The embedding table: the one place that knows where its rows lie.

It holds all rows in one tensor `[V, d]`, so table and two moments take 12 V d bytes in every process: a card of 80 GB ends at about six
billion numbers (V d), with room for the batch; a machine with 16 GB at one billion. Beyond that a table has to be sharded over cards.
TorchRec does it (`EmbeddingBagCollection`, `DistributedModelParallel`): give this class its `gather` and `optimiser`, nothing else of
the package looks at the table's rows while training.
"""
from __future__ import annotations

from typing import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

#: From this many numbers on, gradients and moments of the table touch only the rows of the batch, unless asked for otherwise.
SPARSE_FROM = 1 << 28


class Table:
    """`sparse`: rows that a batch does not touch keep their moments (torch.optim.SparseAdam). Dense is the lab's Adam, to the step."""

    def __init__(self, weight: nn.Parameter, sparse: bool | None = None) -> None:
        self.weight = weight
        self.sparse = weight.numel() >= SPARSE_FROM if sparse is None else sparse

    def gather(self, ids: Tensor) -> Tensor:
        """`ids [B, k]` to rows `[B, k, d]`; row 0 is padding, which nothing trains."""
        return F.embedding(ids, self.weight, padding_idx=0, sparse=self.sparse)

    def optimiser(self, learning_rate: float, others: list[nn.Parameter]) -> Iterator[torch.optim.Optimizer]:
        """Adam over the table and everything else."""
        dense = others if self.sparse else [*others, self.weight]
        if dense:
            yield torch.optim.Adam(dense, lr=learning_rate)
        if self.sparse:
            yield torch.optim.SparseAdam([self.weight], lr=learning_rate)
