"""The lab's models, procedures and metrics in PyTorch: a run goes on here from the step where the page left it."""

__version__ = "0.1.0"

import os

# DistributedDataParallel warns that no parameter was left out of a step; a procedure may leave some out of a later one.
# PyTorch built with glog, as Debian's is, heeds the second name alone.
os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
os.environ.setdefault("GLOG_minloglevel", "2")
