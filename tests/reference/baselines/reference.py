"""The baselines, each written from its paper in the words of one row at a time where that is readable.

    python3 reference.py            writes every fixture
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
from mixtures import *  # noqa: E402,F403
from networks import *  # noqa: E402,F403
from star import *  # noqa: E402,F403

if __name__ == "__main__":
    for write in (mix, shared_bottom, mmoe, ple, star, single, finetune):
        write()
