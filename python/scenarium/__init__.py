"""The lab's models, procedures and metrics in PyTorch: a run goes on here from the step where the page left it."""

__version__ = "0.1.0"
