"""Shared parts of the reference implementations: data of a case, and the writer of fixtures (format: README.md).

A reference is plain PyTorch in float64, written from the paper. It declares its variables by the names that the
project documents, and three functions:

    forward(p, s, x, mode) -> dict of tensors, `logit` [B, 1] among them
    losses(out, x)         -> (total, {term: scalar})
    scores(out, x)         -> {'score': [B, 1], 'probability': [B, 1], optional 'columns': {name: [B, k]}}

with `p` the parameters and `s` the states by name, `x` an `Inputs`, and `mode` a `Mode`.
"""
import math
import os

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

from case_data import Inputs, Sequence, make_batch, make_shape  # noqa: E402
from fixture import adam_step, write_fixture  # noqa: E402
from mathematics import BN_EPS, BN_KEEP, batch_norm, bce_with_logits, bce_with_probability, leaky  # noqa: E402
from numbers_io import fixture_path, rounded, write_json  # noqa: E402
from variables import Mode, Variables  # noqa: E402

_round = rounded
