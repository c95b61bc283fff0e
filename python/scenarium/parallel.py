"""Several processes on one batch: rows are shared out, sums over a batch are those of all processes.

`torchrun --nproc_per_node 2 -m scenarium train …` starts them; gloo joins CPUs, nccl graphics cards. What a model adds up over a batch
(means of losses, statistics of norms, gradients by scenario) is added up over all processes, so that every process has the loss of the
whole batch and the numbers of one process alone.
"""
from __future__ import annotations

import os
from typing import Any, Callable

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


def sentence(error: Exception) -> str:
    """What went wrong, in words."""
    if isinstance(error, OSError):
        return f"{error.filename or 'A file'} cannot be read or written: {(error.strerror or str(error)).lower()}."
    return str(error)


class World:
    """This process among the others; alone where it was not started by `torchrun`."""

    def __init__(self) -> None:
        self.size, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        cuda = torch.cuda.is_available()
        self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if cuda else torch.device("cpu")
        if cuda:
            torch.cuda.set_device(self.device)
        #: One process of each machine speaks of what fails.
        self.speaks = int(os.environ.get("LOCAL_RANK", self.rank)) == 0
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

    def once(self, action: Callable[[], object]) -> None:
        """The first process does it while the others wait. @raises ValueError in all of them where it fails"""
        if self.size == 1:
            action()
            return
        said: list[Any] = [None]
        if self.first:
            try:
                action()
            except (OSError, ValueError) as error:
                said = [sentence(error)]
        dist.broadcast_object_list(said, src=0)
        if said[0] is not None:
            raise ValueError(said[0])

    def wait(self) -> None:
        if self.size > 1:
            dist.barrier()

    def close(self) -> None:
        if self.size > 1:
            dist.destroy_process_group()
