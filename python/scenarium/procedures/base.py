"""Shuffled mini-batches to the last step, to early stopping, or until someone stops the run."""
from __future__ import annotations

from ..checkpoint import Position
from ..trainer import Trainer


class Procedure:
    """Plain training; others put their own between the steps."""

    def __init__(self, trainer: Trainer, position: Position) -> None:
        self.trainer = trainer
        #: Where trainer and procedure stood at the last step, before the best weights were restored.
        self.last: tuple[Position, Position] | None = None

    def position(self) -> Position:
        return Position(None, {})

    def take_step(self) -> None:
        """One training step."""
        self.trainer.train(self.trainer.next_batch())

    def after_step(self) -> bool:
        """What follows a step. True when training should end."""
        return self.trainer.after_step()

    def before_step(self) -> None:
        """What comes before the next step, where something is due."""

    def run(self) -> None:
        trainer = self.trainer
        # A run that goes on may have stopped between a step and its evaluation.
        exhausted = self.after_step() if trainer.step > 0 else False
        while not exhausted and not trainer.stopping and trainer.step < trainer.training["steps"]:
            self.before_step()
            if trainer.stopping:
                break
            self.take_step()
            exhausted = self.after_step()
        self.finish(exhausted)

    def finish(self, exhausted: bool) -> None:
        self.last = (self.trainer.position(), self.position())
        self.trainer.finish("early-stop" if exhausted else "stopped" if self.trainer.stopping else "steps")
