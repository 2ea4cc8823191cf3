"""The probes of `bench/probe.ts` in PyTorch, one after another as the benchmark's kit trains them.

Takes the work as JSON on the command line; prints JSON: ms, and the mean validation accuracy of the grid's probes.
"""

import json
import sys
import time

import torch
from torch import nn


def probe(width, hidden, layers, classes, init):
    draw = {"uniform": nn.init.xavier_uniform_, "normal": nn.init.xavier_normal_}[init]
    modules, gain = [], 1.0
    for _ in range(layers):
        linear = nn.Linear(width, hidden)
        draw(linear.weight, gain=gain)
        modules += [linear, nn.BatchNorm1d(hidden), nn.Dropout(0.1), nn.ReLU()]
        width, gain = hidden, nn.init.calculate_gain("relu")
    output = nn.Linear(width, classes)
    draw(output.weight, gain=gain)
    return nn.Sequential(*modules, output)


def predict(model, x, rows):
    model.eval()
    with torch.no_grad():
        return model(x[rows]).argmax(dim=1)


def train(work, x, labels, point, split):
    """Trains one probe and predicts its test rows; returns its accuracy on the validation rows."""
    model = probe(work["width"], work["hidden"], point["hiddenLayers"], work["classes"], point["initialisation"])
    optimiser = torch.optim.Adam(model.parameters(), lr=point["learningRate"])
    loss_of = nn.CrossEntropyLoss()
    rows = torch.tensor(split["train"])
    for _ in range(work["epochs"]):
        model.train()
        for batch in rows.split(work["batch"]):
            optimiser.zero_grad()
            loss_of(model(x[batch]), labels[batch]).backward()
            optimiser.step()
    valid = torch.tensor(split["valid"])
    accuracy = (predict(model, x, valid) == labels[valid]).float().mean().item()
    predict(model, x, torch.tensor(split["test"]))
    return accuracy


def main():
    work = json.loads(sys.argv[1])
    torch.manual_seed(1)
    labels = torch.arange(work["items"]) % work["classes"]
    x = work["spread"] * torch.randn(work["classes"], work["width"])[labels] + torch.randn(work["items"], work["width"])
    start = time.perf_counter()
    grid = [train(work, x, labels, point, work["splits"][0]) for point in work["points"]]
    for split in work["splits"][1:]:
        train(work, x, labels, work["chosen"], split)
    ms = 1000 * (time.perf_counter() - start)
    print(json.dumps({"ms": ms, "accuracy": sum(grid) / len(grid)}))


main()
