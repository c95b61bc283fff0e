"""Fixtures of `ppnet`: a part of PEPNet (../pepnet/reference.py), written from the same paper.

    python3 reference.py
"""
import importlib.util
import os

_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pepnet", "reference.py")
_SPEC = importlib.util.spec_from_file_location("reference_pepnet", _PATH)
pepnet = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(pepnet)

if __name__ == "__main__":
    pepnet.ppnet()
