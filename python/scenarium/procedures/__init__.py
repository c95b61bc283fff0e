"""Ways of training. A procedure trains to the end, and between two steps says where it stands."""
from __future__ import annotations

from ..checkpoint import Position
from ..trainer import Trainer
from .aread import Aread
from .base import Procedure
from .finetune import Finetune
from .mamdr import Mamdr
from .sarnet import SarNet


def procedure_of(trainer: Trainer, position: Position) -> Procedure:
    """The procedure that the run's model and settings choose, at a position (an empty one at the start)."""
    name, settings = trainer.setup["model"], trainer.settings
    if name == "finetune":
        return Finetune(trainer, position)
    if name == "mamdr":
        return Mamdr(trainer, position)
    if name == "sarnet":
        return SarNet(trainer, position)
    if name == "aread" and settings["hei"] and settings["hemp"]:
        return Aread(trainer, position)
    return Procedure(trainer, position)


__all__ = ["Procedure", "procedure_of"]
