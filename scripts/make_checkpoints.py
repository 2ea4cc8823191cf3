"""Makes the small PyTorch checkpoints that tests read, in `src/formats/fixtures/`. Needs torch 1.13 or newer.

Run with `python3 scripts/make_checkpoints.py FOLDER` when the format of a fixture has to change; what it makes is
committed, so that tests need no Python.
"""

import collections
import pickle
import sys
from pathlib import Path

import torch


class Config(dict):
    """Stands for the configuration objects (yacs, fvcore) that checkpoints carry along."""


def tensors():
    """Every layout that a state dict can hold, with numbers that say where they belong."""
    grid = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 8
    shared = torch.arange(10, dtype=torch.float32)
    return collections.OrderedDict(
        [
            ("float32", grid.clone()),
            ("float64", torch.tensor([0.1, -2.5], dtype=torch.float64)),
            ("float16", torch.tensor([1.0, -0.333, 6e-8, 65504.0], dtype=torch.float16)),
            ("bfloat16", torch.tensor([1.0, -0.333, 3e38], dtype=torch.bfloat16)),
            ("int64", torch.tensor(7, dtype=torch.int64)),
            ("int32", torch.tensor([-3, 4], dtype=torch.int32)),
            ("uint8", torch.tensor([0, 255], dtype=torch.uint8)),
            ("bool", torch.tensor([True, False])),
            ("transposed", grid.permute(2, 0, 1)),
            ("every_second", shared[1::2]),
            ("head_of_shared", shared[:3]),
            ("expanded", torch.tensor([[5.0]]).expand(2, 3)),
            ("parameter", torch.nn.Parameter(torch.tensor([1.5, 2.5]))),
            ("empty", torch.zeros(0, 3)),
        ]
    )


def main(folder):
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    torch.manual_seed(1)
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.ones(3, 2)).sum().backward()
    optimizer.step()
    everything = {
        "model": {"layer": tensors(), "epoch": 3, "note": "text", "nothing": None},
        "optimizer_state": {"adamw": optimizer.state_dict(), "device": torch.device("cpu")},
        "cfg": Config(width=8),
        "epoch": 4,
        "words": ["a", ("b", 2.5, True), {"c"}, b"bytes", 2**70],
        "config": "{}",
    }
    # A name that a reader can find, wherever this script is run from.
    Config.__module__ = "lab.configuration"
    sys.modules["lab"] = sys.modules["lab.configuration"] = sys.modules["__main__"]
    torch.save(everything, folder / "everything.pt")
    torch.save(model.state_dict(), folder / "state-dict.pth")
    torch.save({"model": {"weight": torch.ones(2), "inner": Config(width=8)}}, folder / "class-inside.pyth")
    torch.save(model, folder / "whole-object.pt")
    torch.save({"model": {"weight": torch.ones(2)}}, folder / "legacy.pt", _use_new_zipfile_serialization=False)
    (folder / "bare-pickle.pt").write_bytes(pickle.dumps({"model": {"weight": [1.0]}}))
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), folder / "torchscript.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
