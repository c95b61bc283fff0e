"""Safetensors files: eight bytes of header length (little endian), a JSON header, then the tensors' bytes. Only F32 and I32 are used.

Format: https://huggingface.co/docs/safetensors. Written out here so that nothing but NumPy is needed.
"""
from __future__ import annotations

import json
from pathlib import Path
from typing import Mapping

import numpy as np

_TYPES = {"F32": np.dtype("<f4"), "I32": np.dtype("<i4")}
_NAMES = {"f": "F32", "i": "I32"}


def write(path: Path, tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> None:
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    offset, parts = 0, []
    for name, values in tensors.items():
        array = np.ascontiguousarray(values, dtype="<f4" if values.dtype.kind == "f" else "<i4")
        header[name] = {"dtype": _NAMES[array.dtype.kind], "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
        parts.append(array)
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for array in parts:
            file.write(array.tobytes())


def read(data: bytes, name: str) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Tensors and metadata. @raises ValueError with one sentence where the bytes are no such file"""

    def bad(why: str) -> ValueError:
        return ValueError(f"“{name}” is not a readable safetensors file: {why}.")

    if len(data) < 8:
        raise bad("it is shorter than its header")
    length = int.from_bytes(data[:8], "little")
    if length > len(data) - 8:
        raise bad("its header is longer than the file")
    try:
        header = json.loads(data[8 : 8 + length].decode())
        metadata = dict(header.pop("__metadata__", {}))
        entries = {}
        for key, entry in header.items():
            start, end = map(int, entry["data_offsets"])
            entries[key] = (_TYPES[entry["dtype"]], tuple(map(int, entry["shape"])), start, end)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise bad("its header is not understood") from error
    body = memoryview(data)[8 + length :]
    tensors = {}
    for key, (dtype, shape, start, end) in entries.items():
        if not 0 <= start <= end <= len(body) or end - start != int(np.prod(shape, dtype=np.int64)) * dtype.itemsize:
            raise bad(f"{key} lies outside the file, which may be cut off")
        tensors[key] = np.frombuffer(body[start:end], dtype=dtype).reshape(shape).copy()
    return tensors, metadata
