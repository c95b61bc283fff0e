"""The baselines, each written from its paper in the words of one row at a time where that is readable.

    python3 reference.py            writes every fixture
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mixtures import mmoe, ple  # noqa: E402
from networks import finetune, mix, shared_bottom, single  # noqa: E402
from star import star  # noqa: E402

if __name__ == "__main__":
    for write in (mix, shared_bottom, mmoe, ple, star, single, finetune):
        write()
