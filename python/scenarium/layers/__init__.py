"""Parts that models are made of."""
from .asked import Asked, Asking, ask_experts, ask_layer, ask_linear, ask_stack, sample_scenarios
from .extraction import ExtractionLevel
from .gates import GateNu, GateNus, ScenarioEmbedding, ScenarioGate, SharedGate, masked_softmax
from .linear import Linear, OwnLinear, StarLinear, mix, mix_gates, route, stacked, star
from .make import Make
from .mlp import AdaptiveMlp, Mlp, StackedMlp, Trace, finish, leaky, steepness
from .norm import BatchNorm, ScalarNorm, norm_or_none
from .reader import Behaviours, Read, Reader, TargetAttention, history_of, mean_over, own_history_of, sum_over
from .rows import Inputs, Pass, Rows, Sequence
from .transformer import LayerNorm, TransformerLayer
from .variables import Group, Recipe, filled, initialise, made, normal, recipe_of, weight

__all__ = [name for name in globals() if not name.startswith("_")]
