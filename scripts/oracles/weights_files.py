"""Writes small weights files in test/fixtures/weights as PyTorch saves them, and expected.json with what is in them.

    python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch numpy safetensors
    /tmp/torch/bin/python scripts/oracles/weights_files.py
"""
import argparse
import collections
import json
import pathlib

import numpy as np
import torch
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).parents[2] / "test/fixtures/weights"


def small(seed=1):
    generator = torch.Generator().manual_seed(seed)
    return collections.OrderedDict(
        (name, torch.randn(shape, generator=generator))
        for name, shape in (("features.0.weight", (4, 3, 3, 3)), ("features.0.bias", (4,)), ("classifier.weight", (2, 4)))
    )


def views():
    """Views that are neither contiguous nor at the start of their storage, two of one storage, and an empty one."""
    base = torch.arange(60, dtype=torch.float32).reshape(5, 12) / 8
    return {"turned": base.t(), "part": base[1:4, 2:7], "every other": base[:, ::2], "empty": base[:0], "row": base[3]}


def repeated():
    """A tensor that shows one number many times, and one with attributes in Python."""
    named = torch.arange(3.0)
    named.origin = "here"
    return {"repeated": torch.full((1,), 0.5).expand(6), "named": named}


def beside(state):
    """What training scripts keep beside the weights, tensors among it."""
    return {
        "best": np.float64(0.93),
        "history": np.arange(3),
        "seen": {"a", "b"},
        "fixed": frozenset([1]),
        "lists": collections.defaultdict(list, a=[1]),
        "map": {(1, 2): "pair", None: torch.ones(2), True: "yes"},
        "args": argparse.Namespace(rate=0.1, start=torch.zeros(3)),
        "model_state_dict": state,
    }


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    state = small()
    parameters = collections.OrderedDict((name, torch.nn.Parameter(value)) for name, value in state.items())
    optimiser = torch.optim.Adam(parameters.values())
    sum((value**2).sum() for value in parameters.values()).backward()
    optimiser.step()
    checkpoint = {
        "epoch": 3,
        "best": 0.93,
        "note": b"bytes",
        "dtype": torch.float32,
        "size": torch.Size([2, 3]),
        "state_dict": collections.OrderedDict(("module." + name, value) for name, value in state.items()),
        "optimizer": optimiser.state_dict(),
    }
    mixed = {
        "half": state["features.0.bias"].half(),
        "bfloat": state["features.0.bias"].bfloat16(),
        "double": state["features.0.bias"].double(),
        "count": torch.tensor(7),
    }
    files = {
        "zip.pth": (state, {}, state),
        "zip-protocol4.pth": (state, {"pickle_protocol": 4}, state),
        "zip-parameters.pth": (parameters, {}, parameters),
        "zip-checkpoint.pth": (checkpoint, {}, state),
        "zip-views.pth": (views(), {}, views()),
        "zip-mixed.pth": (mixed, {}, mixed),
        "legacy.pth": (state, {"_use_new_zipfile_serialization": False}, state),
        "legacy-checkpoint.pth": (checkpoint, {"_use_new_zipfile_serialization": False}, state),
        "legacy-views.pth": (views(), {"_use_new_zipfile_serialization": False}, views()),
        "zip-beside.pth": (beside(state), {}, state),
        "zip-beside-protocol4.pth": (beside(state), {"pickle_protocol": 4}, state),
        "legacy-beside.pth": (beside(state), {"_use_new_zipfile_serialization": False}, state),
        "zip-average.pth": ({"ema": {"encoder." + name: value for name, value in state.items()}}, {}, state),
        "zip-repeated.pth": (repeated(), {}, repeated()),
    }
    expected = {}
    for name, (what, options, tensors) in files.items():
        torch.save(what, FOLDER / name, **options)
        expected[name] = describe(tensors)
    save_file({"module." + name: value for name, value in state.items()}, FOLDER / "wrapped.safetensors")
    expected["wrapped.safetensors"] = describe(state)
    save_file(mixed, FOLDER / "mixed.safetensors")
    expected["mixed.safetensors"] = describe(mixed)
    (FOLDER / "expected.json").write_text(json.dumps({"torch": torch.__version__, "files": expected}) + "\n")


def describe(tensors):
    return {
        name: {"shape": list(value.shape), "values": value.detach().double().reshape(-1).tolist()}
        for name, value in tensors.items()
    }


main()
