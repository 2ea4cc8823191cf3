#!/usr/bin/python3
"""Makes what "Check this GPU" compares kernels with: golden files (design section 7) small enough to ship.

  make_gpu_check.py     writes src/engine/gpu-check/{backbone,pretraining,mel}.bin

Each is a compressed (gzip) safetensors file. The networks are the smallest that have every operator; what is given lies
on a grid of 1/64, so that it compresses well. Needs torch 1.13 (Debian: python3-torch).
"""
import gzip
import math
import tempfile
from pathlib import Path

import numpy
import torch

import make_goldens as goldens

FOLDER = Path(__file__).parent.parent / "src/engine/gpu-check"
SAMPLES, MELS, HOP, SIZE, RATE = 2400, 96, 501, 1024, 48_000


def on_grid(function):
    return lambda *args: torch.round(function(*args) * 64) / 64


def log_mel(samples):
    """spec/audio_numerics.md section 1, in float64."""
    padded = numpy.pad(samples.astype(numpy.float64), SIZE // 2, mode="reflect")
    window = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(SIZE) / SIZE)
    starts = range(0, len(samples) + 1, HOP)
    power = numpy.abs(numpy.fft.rfft([padded[start : start + SIZE] * window for start in starts])) ** 2
    top = 2595 * math.log10(1 + RATE / 2 / 700)
    points = 700 * (10 ** (numpy.linspace(0, top, MELS + 2) / 2595) - 1)
    low, middle, high = points[:-2], points[1:-1], points[2:]
    hz = numpy.arange(SIZE // 2 + 1)[:, None] * RATE / SIZE
    bank = numpy.maximum(0, numpy.minimum((hz - low) / (middle - low), (high - hz) / (high - middle)))
    return 10 * numpy.log10(numpy.maximum(power @ bank, 1e-10)).T


def make_mel():
    rng = numpy.random.default_rng(1)
    samples = numpy.round(numpy.cumsum(rng.normal(size=SAMPLES)) * 2) / 64
    config = {"sampleRate": RATE, "nFft": SIZE, "hopLength": HOP, "nMels": MELS}
    output = log_mel(samples).astype(numpy.float32)[None]
    given = torch.from_numpy(samples.astype(numpy.float32))[None]
    return {"input": given, "output": torch.from_numpy(output)}, {"kind": "mel", "config": config}


def without_noise(make):
    """Leaves out the running means in which Adam's amplified rounding shows (docs/decisions/004)."""
    tensors, metadata = make()
    return {name: t for name, t in tensors.items() if not name.startswith("buffer_after.head")}, metadata


def network(modality, shape, depth, widen, **others):
    return goldens.model(modality, shape, goldens.OVERLAP, 4, depth, widen, mlpRatio=2, **others)


REFERENCES = {
    "backbone": goldens.backbone_golden(network("audio", [1, 16, 24], 1, [0], poolKvStrideAdaptive=[1, 2, 2]), "eval"),
    "pretraining": goldens.pretraining_golden(
        video=network("video", [3, 4, 12, 12], 1, [0], pooling="mean-norm", poolKvStrideAdaptive=[1, 2, 2]),
        audio=network("audio", [1, 16, 20], 1, [], poolKvStrideAdaptive=[1, 2, 2]),
        head={"layers": [8, 8], "activation": "relu", "norm": "batch"},
        # Float32 and float64 of torch itself come apart by 2e-5 in the losses of seed 1, by 3e-7 in those of seed 3.
        **{"seed": 3, "batch": 2, "lambdaV": 0.3, "lambdaA": 0.2, "clipNorm": 0.5, "lr": [1e-3, 6e-4, 1e-3]},
    ),
    "mel": make_mel,
}


def main():
    goldens.draw = on_grid(goldens.draw)
    goldens.clips_like = on_grid(goldens.clips_like)
    for name, make in REFERENCES.items():
        with tempfile.NamedTemporaryFile() as file:
            goldens.write_safetensors(Path(file.name), *without_noise(make))
            packed = gzip.compress(Path(file.name).read_bytes(), 9, mtime=0)
        (FOLDER / f"{name}.bin").write_bytes(packed)
        print(f"{name}: {len(packed)} bytes")


if __name__ == "__main__":
    main()
