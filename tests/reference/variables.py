"""Variables of a reference model, and the mode that it runs in."""
import math

import torch


class Variables:
    """Random values that make every path matter: not a start of training, a test of the arithmetic."""

    def __init__(self, seed=2):
        self.generator = torch.Generator().manual_seed(seed)
        self.parameters, self.kinds, self.states, self.centres = {}, {}, {}, {}

    def _normal(self, shape):
        return torch.randn(*shape, generator=self.generator) if shape else torch.randn((), generator=self.generator)

    def weight(self, name, *shape, fan_in=None, kind="weight", centre=0.0, scale=1.0):
        fan = fan_in if fan_in is not None else (shape[-2] if len(shape) > 1 else shape[0])
        value = centre + scale * self._normal(shape) / math.sqrt(fan)
        return self._add(name, kind, value, centre)

    def bias(self, name, *shape, mean=0.0, deviation=0.2, kind="bias"):
        return self._add(name, kind, mean + deviation * self._normal(shape))

    def norm(self, prefix, width, *lead):
        """Parameters and moving statistics of a batch norm over `width` units; `lead` precedes the states' width."""
        self._add(f"{prefix}.gamma", "norm", 1 + 0.2 * self._normal((width,)))
        self._add(f"{prefix}.beta", "norm", 0.2 * self._normal((width,)))
        self.moving(prefix, *lead, width)

    def moving(self, prefix, *shape):
        self.states[f"{prefix}.mean"] = 0.2 * self._normal(shape)
        self.states[f"{prefix}.variance"] = 0.5 + torch.rand(*shape, generator=self.generator)

    def free(self, name, value):
        return self._add(name, "free", value)

    def _add(self, name, kind, value, centre=0.0):
        if name in self.parameters:
            raise ValueError(f"{name} is declared twice")
        self.parameters[name], self.kinds[name], self.centres[name] = value, kind, centre
        return value

    def table(self, shape, dim):
        value = 0.5 * self._normal((shape["vocabularySize"], dim))
        value[0] = 0
        return value


class Mode:
    """`train` chooses batch statistics; new moving statistics are handed to `record`; dropout masks come in call order.
    `training` says whether a training pass runs, be there rows enough for statistics of them or not."""

    def __init__(self, train, masks=()):
        self.train, self.recorded, self.masks, self.calls = train, {}, list(masks), 0
        self.training = train

    def record(self, name, value):
        self.recorded[name] = value.detach()

    def dropout(self, x):
        """Multiplies by the next scripted mask (ones where none is scripted)."""
        if not self.train or not self.masks:
            return x
        mask = self.masks[self.calls]
        self.calls += 1
        return x * mask
