#!/usr/bin/python3
"""Probes trained by PyTorch in float64 and float32: the truth for `src/evaluation/probe-training.ts`.

Writes `probe-<case>.safetensors` into the folder named on the command line: embeddings, targets, initial values (in the
layout of `src/evaluation/probe-network.ts`), and the validation logits after 30 epochs without dropout, in float64. The
metadata hold the relative difference of PyTorch's own float32 run. Rows: first those trained on, then those validated on.
Needs torch. What it makes is committed, so that tests do not need it.
"""

import copy
import sys
from pathlib import Path

import torch
from make_goldens import write_safetensors
from torch import nn

TRAIN, VALID, WIDTH, HIDDEN, BATCH, EPOCHS = 200, 60, 24, 64, 64, 30
# name, hidden layers, classes, several labels an item, learning rate, Xavier's distribution
CASES = [
    ("one-layer", 1, 5, False, 1e-3, "normal"),
    ("two-layers", 2, 5, False, 3.2e-4, "uniform"),
    ("multilabel", 1, 6, True, 3.2e-3, "uniform"),
    ("linear", 0, 4, False, 1e-2, "normal"),
]


def network(layers, classes, init):
    draw = {"uniform": nn.init.xavier_uniform_, "normal": nn.init.xavier_normal_}[init]
    modules, width, gain = [], WIDTH, 1.0
    for _ in range(layers):
        linear = nn.Linear(width, HIDDEN)
        draw(linear.weight, gain=gain)
        modules += [linear, nn.BatchNorm1d(HIDDEN), nn.ReLU()]
        width, gain = HIDDEN, nn.init.calculate_gain("relu")
    output = nn.Linear(width, classes)
    draw(output.weight, gain=gain)
    return nn.Sequential(*modules, output)


def train(model, x, targets, multilabel, rate):
    loss_of = nn.BCEWithLogitsLoss() if multilabel else nn.CrossEntropyLoss()
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    model.train()
    for _ in range(EPOCHS):
        for start in range(0, TRAIN, BATCH):
            rows = slice(start, min(start + BATCH, TRAIN))
            optimiser.zero_grad()
            loss_of(model(x[rows]), targets[rows]).backward()
            optimiser.step()
    model.eval()
    with torch.no_grad():
        return model(x[TRAIN:])


def padded(rows):
    """Columns filled up to a multiple of 4."""
    return nn.functional.pad(rows, (0, -rows.shape[-1] % 4))


def initial(model, layers):
    tensors = {}
    for layer in range(layers):
        linear = model[3 * layer]
        tensors[f"hidden.{layer}.weight"] = linear.weight
        tensors[f"hidden.{layer}.bias"] = linear.bias
    tensors["output.weight"] = padded(model[-1].weight.T)
    tensors["output.bias"] = padded(model[-1].bias)
    return {f"initial.{name}": tensor.detach().contiguous().clone() for name, tensor in tensors.items()}


def main():
    folder = Path(sys.argv[1])
    for seed, (name, layers, classes, multilabel, rate, init) in enumerate(CASES):
        torch.manual_seed(seed)
        centres = torch.randn(classes, WIDTH)
        if multilabel:
            targets = (torch.rand(TRAIN + VALID, classes) < 0.3).float()
            x = targets @ centres + torch.randn(TRAIN + VALID, WIDTH)
        else:
            targets = torch.randint(classes, (TRAIN + VALID,))
            x = centres[targets] + 1.5 * torch.randn(TRAIN + VALID, WIDTH)
        model = network(layers, classes, init)
        tensors = {"embeddings": x, "targets": targets.float(), **initial(model, layers)}
        exact = train(copy.deepcopy(model).double(), x.double(), targets.double() if multilabel else targets, multilabel, rate)
        single = train(model, x, targets, multilabel, rate)
        tensors["logits"] = exact.float()
        difference = ((single.double() - exact).norm() / exact.norm()).item()
        print(name, difference)
        metadata = {
            "hiddenLayers": str(layers),
            "hiddenUnits": str(HIDDEN),
            "classes": str(classes),
            "multilabel": str(multilabel).lower(),
            "learningRate": str(rate),
            "batch": str(BATCH),
            "epochs": str(EPOCHS),
            "train": str(TRAIN),
            "float32Difference": str(difference),
        }
        write_safetensors(folder / f"probe-{name}.safetensors", tensors, metadata)


if __name__ == "__main__":
    main()
