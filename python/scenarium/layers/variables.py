"""Parameters that know how they start and what weight decay does to them. A parameter's name is its path in the module, as the lab's."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Iterator, Union

import numpy as np
import torch
from torch import nn

from .. import counter

#: From (seed, name) to initial values.
Start = Callable[[int, str], np.ndarray]


@dataclass(frozen=True)
class Recipe:
    """How a parameter starts and what it is: `weight` (under L2), `bias`, `norm` or `free`; L2 pulls towards `centre`."""

    kind: str
    start: Start
    centre: float = 0.0


def _parameter(shape: tuple[int, ...], recipe: Recipe) -> nn.Parameter:
    made = nn.Parameter(torch.zeros(shape))
    made.recipe = recipe  # type: ignore[attr-defined]
    return made


def recipe_of(parameter: nn.Parameter) -> Recipe:
    return parameter.recipe  # type: ignore[attr-defined]


def weight(*shape: int, fan: tuple[int, int] | None = None, kind: str = "weight") -> nn.Parameter:
    """Glorot-uniform; `fan` are inputs and outputs of one slice, by default the last two axes."""
    fan_in, fan_out = fan or (shape[-2], shape[-1])
    limit = math.sqrt(6 / (fan_in + fan_out))
    return _parameter(shape, Recipe(kind, lambda seed, name: counter.uniform(seed, name, math.prod(shape), -limit, limit)))


def normal(*shape: int, mean: float = 0.0, deviation: float, centre: float = 0.0) -> nn.Parameter:
    def start(seed: int, name: str) -> np.ndarray:
        return counter.normal(seed, name, math.prod(shape), mean, deviation)

    return _parameter(shape, Recipe("weight", start, centre))


def filled(*shape: int, value: Union[float, np.ndarray, list] = 0.0, kind: str = "bias") -> nn.Parameter:
    """Every element starts at `value`, or at those of an array of so many elements (repeated to fill the shape)."""

    def start(_seed: int, _name: str) -> np.ndarray:
        return np.resize(np.asarray(value, dtype=np.float32).reshape(-1), math.prod(shape))

    return _parameter(shape, Recipe(kind, start))


def made(*shape: int, start: Start, kind: str = "weight") -> nn.Parameter:
    return _parameter(shape, Recipe(kind, start))


class Group(nn.Module):
    """Parts under names of their own: `Group(down=…)`, or `group["0"] = …` for names that are numbers."""

    if TYPE_CHECKING:
        # A part's kind follows from its name, which a type cannot say.
        def __getattr__(self, name: str) -> Any:
            ...

    def __init__(self, **parts: object) -> None:
        super().__init__()
        for name, part in parts.items():
            self[name] = part

    def __setitem__(self, name: str, part: object) -> None:
        head, _, rest = name.partition(".")
        if rest:
            if head not in self._modules:
                self.add_module(head, Group())
            group: Any = self._modules[head]
            group[rest] = part
        elif isinstance(part, nn.Parameter):
            self.register_parameter(head, part)
        elif isinstance(part, torch.Tensor):
            self.register_buffer(head, part)
        elif part is None or isinstance(part, nn.Module):
            before = self._modules.get(head)
            if before is not None and part is not None:
                _adopt(part, before)
            self.add_module(head, part)
        else:
            raise TypeError(f"{name} is neither a tensor nor a module.")

    def __getitem__(self, name: str) -> Any:
        """A part by its name, with dots for parts of parts."""
        found: object = self
        for part in name.split("."):
            found = getattr(found, part)
        return found

    def __contains__(self, name: str) -> bool:
        return name in self._parameters or name in self._modules or name in self._buffers

    def numbered(self) -> Iterator[Any]:
        """The parts whose names are 0, 1, …, in order."""
        count = 0
        while str(count) in self._modules:
            yield self._modules[str(count)]
            count += 1


def _adopt(module: nn.Module, before: nn.Module) -> None:
    """Two parts under one name: the later holds the variables of the earlier, which goes on using them."""
    held_by: list[tuple[Callable[..., None], dict[str, Any]]] = [
        (module.register_parameter, before._parameters),
        (module.register_buffer, before._buffers),
        (module.add_module, before._modules),
    ]
    for register, held in held_by:
        for name, value in held.items():
            if not hasattr(module, name):
                register(name, value)


def initialise(module: nn.Module, seed: int) -> None:
    """Gives every parameter its initial values: they follow from the seed and the parameter's name alone."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            recipe = getattr(parameter, "recipe", None)
            if recipe is not None:
                values = torch.from_numpy(np.ascontiguousarray(recipe.start(seed, name)))
                parameter.copy_(values.reshape(parameter.shape))
