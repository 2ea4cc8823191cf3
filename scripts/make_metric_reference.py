#!/usr/bin/python3
"""What scikit-learn and SciPy make of random predictions: the truth for `src/evaluation/metrics.ts`.

Writes `metrics.json` into the folder named on the command line: 50 items x 4 classes with and without ties, saturated
scores, one-hot truths, and classes of which all or no items are positive (left out of the means, and counted).
Needs numpy, scikit-learn and SciPy. What it makes is committed, so that tests need none of them.
"""

import json
import sys
from pathlib import Path

import numpy
from scipy.stats import norm
from sklearn.metrics import average_precision_score, roc_auc_score

ITEMS, CLASSES = 50, 4


def reference(name, scores, truths):
    """Means over the classes that can be scored, and how many cannot."""
    positives = truths.sum(axis=0)
    precise = [c for c in range(CLASSES) if positives[c] > 0]
    separable = [c for c in precise if positives[c] < ITEMS]
    areas = [roc_auc_score(truths[:, c], scores[:, c]) for c in separable]
    precisions = [average_precision_score(truths[:, c], scores[:, c]) for c in precise]
    expected = {
        "mAP": float(numpy.mean(precisions)),
        "aucroc": float(numpy.mean(areas)),
        "d_prime": float(numpy.mean(norm().ppf(areas) * numpy.sqrt(2.0))),
    }
    if (truths.sum(axis=1) == 1).all():
        expected["top1_acc"] = float((scores.argmax(axis=1) == truths.argmax(axis=1)).mean())
    left_out = {"mAP": CLASSES - len(precise), "aucroc": CLASSES - len(separable), "d_prime": CLASSES - len(separable)}
    rows = [numpy.flatnonzero(row).tolist() for row in truths]
    return {"name": name, "scores": scores.tolist(), "truths": rows, "expected": expected, "classesLeftOut": left_out}


def main():
    random = numpy.random.default_rng(7)
    smooth = random.random((ITEMS, CLASSES))
    labels = (random.random((ITEMS, CLASSES)) < [0.5, 0.3, 0.1, 0.7]).astype(int)
    one_hot = numpy.eye(CLASSES, dtype=int)[random.integers(0, CLASSES, ITEMS)]
    tied = numpy.round(smooth * 5) / 5
    saturated = numpy.clip(numpy.round(smooth * 3 - 1, 1), 0, 1)
    one_sided = labels.copy()
    one_sided[:, 0], one_sided[:, 1] = 0, 1
    logits = (smooth + 0.3 * one_hot) * 4
    softmax = numpy.exp(logits) / numpy.exp(logits).sum(axis=1, keepdims=True)
    absent = numpy.eye(CLASSES, dtype=int)[random.integers(0, CLASSES - 1, ITEMS)]
    cases = [
        reference("several labels an item, no ties", smooth, labels),
        reference("several labels an item, many ties", tied, labels),
        reference("saturated scores", saturated, labels),
        reference("a class that no item has and one that all have", tied, one_sided),
        reference("one label an item", softmax, one_hot),
        reference("one label an item, ties of the highest score", tied, one_hot),
        reference("one label an item, a class that none has", softmax, absent),
    ]
    quantiles = [1e-300, 1e-20, 1e-9, 0.001, 0.07, 0.075, 0.3, 0.5, 0.6, 0.925, 0.93, 0.999, 1 - 1e-12]
    stored = {"cases": cases, "quantiles": [[p, float(norm.ppf(p))] for p in quantiles]}
    folder = Path(sys.argv[1])
    (folder / "metrics.json").write_text(json.dumps(stored) + "\n")


main()
