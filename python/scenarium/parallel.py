"""Several processes on one batch: rows are shared out, sums over a batch are those of all processes.

`torchrun --nproc_per_node 2 -m scenarium train …` starts them; gloo joins CPUs, nccl graphics cards. What a model adds up over a batch
(means of losses, statistics of norms, gradients by scenario) is added up over all processes, so that every process has the loss of the
whole batch and the numbers of one process alone.
"""
from __future__ import annotations

import os
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor


class _Total(torch.autograd.Function):
    """Sum over processes. Each has the same loss of the sum, so gradients are summed too; DistributedDataParallel takes their mean."""

    @staticmethod
    def forward(ctx: Any, local: Tensor, group: Any) -> Tensor:  # type: ignore[override]
        ctx.group = group
        total = local.clone()
        dist.all_reduce(total, group=group)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        total = gradient.clone()
        dist.all_reduce(total, group=ctx.group)
        return total, None


class World:
    """This process among the others; alone where it was not started by `torchrun`."""

    def __init__(self) -> None:
        self.size, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        cuda = torch.cuda.is_available()
        self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if cuda else torch.device("cpu")
        self.group = None
        if self.size > 1:
            dist.init_process_group("nccl" if cuda else "gloo")
            # Apart from the group of DistributedDataParallel, whose sums run beside a backward pass.
            self.group = dist.new_group()

    @property
    def first(self) -> bool:
        return self.rank == 0

    def total(self, local: Tensor) -> Tensor:
        return local if self.size == 1 else _Total.apply(local, self.group)

    def share(self, count: int) -> slice:
        """This process's part of `count` rows; of all parts the first are the longest."""
        each = -(-count // self.size)
        return slice(min(count, self.rank * each), min(count, (self.rank + 1) * each))

    def gather(self, part: np.ndarray) -> np.ndarray:
        """Every process's part, one after the other."""
        if self.size == 1:
            return part
        parts: list[Any] = [None] * self.size
        dist.all_gather_object(parts, part)
        return np.concatenate(parts)

    def wait(self) -> None:
        if self.size > 1:
            dist.barrier()

    def close(self) -> None:
        if self.size > 1:
            dist.destroy_process_group()
