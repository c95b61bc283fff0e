"""Encoder layers of a transformer (Vaswani et al., NeurIPS 2017) over the tokens of each row."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from .linear import Linear
from .variables import Group, filled


class LayerNorm(nn.Module):
    """`gamma`, `beta` `[d]`: each vector by its own mean and variance."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma, self.beta = filled(width, value=1.0, kind="norm"), filled(width, kind="norm")

    def forward(self, x: Tensor) -> Tensor:
        return torch.nn.functional.layer_norm(x, x.shape[-1:], self.gamma, self.beta, 1e-5)


class TransformerLayer(Group):
    """`{query,key,value,output}.weight [d, d]`, `attentionNorm.*`, `feedForward.{0,1}.*`, `feedForwardNorm.*`."""

    def __init__(self, width: int, heads: int, feed_forward: int) -> None:
        if width % heads:
            raise ValueError(f"{heads} attention heads do not divide an embedding size of {width}; choose a number of heads that does.")
        super().__init__(**{part: Linear(width, width, None) for part in ("query", "key", "value", "output")})
        self["attentionNorm"], self["feedForwardNorm"] = LayerNorm(width), LayerNorm(width)
        self["feedForward.0"], self["feedForward.1"] = Linear(width, feed_forward), Linear(feed_forward, width)
        self.heads = heads

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens `[B, F, d]` to the same, and the weights of attention `[B, H, F, F]`."""
        batch, count, width = tokens.shape
        size = width // self.heads

        def split(linear: nn.Module) -> Tensor:
            return linear(tokens).view(batch, count, self.heads, size).transpose(1, 2)

        query, key, value = split(self.query), split(self.key), split(self.value)
        weights = torch.softmax(query @ key.transpose(2, 3) / size**0.5, -1)
        read = (weights @ value).transpose(1, 2).reshape(batch, count, width)
        attended = self.attentionNorm(tokens + self.output(read))
        inner = self.feedForward["1"](torch.relu(self.feedForward["0"](attended)))
        return self.feedForwardNorm(attended + inner), weights
