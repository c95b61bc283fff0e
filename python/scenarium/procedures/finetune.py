"""Fine-tuning: the pooled network first; then, from its best weights, each scenario's copy of it, judged by itself."""
from __future__ import annotations

import math
import re

from ..checkpoint import Position
from ..trainer import Trainer
from .base import Procedure


class Finetune(Procedure):
    def __init__(self, trainer: Trainer, position: Position) -> None:
        super().__init__(trainer, position)
        given = position.state if isinstance(position.state, dict) else {}
        #: Steps that the pooled phase took; None in it.
        self.pooled: int | None = given.get("pooled")
        self.told = bool(given.get("told"))
        self.boundary = math.floor(trainer.settings["pooledShare"] * trainer.training["steps"] + 0.5)
        self.names = [name for name, _ in trainer.model.named_parameters()]

    def position(self) -> Position:
        return Position({"pooled": self.pooled, "told": self.told, "earlier": False}, {})

    def _enter(self) -> None:
        if self.pooled is None:
            trainable = [name for name in self.names if not name.startswith("own.")]
        elif self.trainer.settings["frozen"] == "shared":
            trainable = [name for name in self.names if name.startswith("own.")]
        else:
            trainable = [name for name in self.names if not re.match(r"^pooled\..*(weight|bias)$", name)]
        self.trainer.set_trainable(trainable)

    def run(self) -> None:
        trainer = self.trainer
        steps = trainer.training["steps"]
        self._enter()
        exhausted = trainer.after_step() if trainer.step > 0 else False
        while True:
            if self.pooled is None and trainer.step < steps and (exhausted or trainer.step >= self.boundary):
                self.pooled = trainer.step
                best, exhausted = trainer.begin_phase(), False
                self._enter()
                trainer.say(f"The pooled network took {self.pooled} steps; each scenario now trains its own copy from step {best}, its best.")
            if exhausted or trainer.stopping or trainer.step >= steps:
                break
            self.take_step()
            exhausted = trainer.after_step()
        self.told = self.told or self.pooled is not None
        self.finish(exhausted)
