#!/usr/bin/python3
"""What PyTorch and torchaudio make of a small checkpoint, a WAV and an MP4: the truth for imported weights.

Writes `released.pth` (laid out as the authors release theirs, random weights of two very small backbones) and
`released.json` (embeddings by the rules of spec/evaluation.md section 1) into the folder named on the command line.
Needs torch, torchaudio and ffmpeg. What it makes is committed, so that tests need none of them.
"""

import collections
import json
import subprocess
import sys
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
import torchaudio
from make_goldens import NON_OVERLAP, backbone, draw, model, parameter_shapes

CLIP = Path(__file__).parent.parent / "public/samples/title00.mp4"
FRAMES, CROP, WINDOW_S = 4, 64, 3
VIDEO = model("video", [3, FRAMES, CROP, CROP], NON_OVERLAP, 4, 2, [1], poolKvStrideAdaptive=[1, 8, 8])
AUDIO = model("audio", [1, 96, 288], NON_OVERLAP, 4, 2, [1])
POOLINGS = [("cls", "norm-mean"), ("mean-norm", "mean-norm")]


class Settings(dict):
    """Stands for the configuration object that such a checkpoint carries along."""


def weights(config, seed):
    rng = torch.Generator().manual_seed(seed)
    tensors = {name: draw(name, shape, rng) for name, shape in parameter_shapes(config).items()}
    channels = config["input"][0]
    mean, variance = ([0.45] * 3, [0.06] * 3) if channels == 3 else ([-20.0], [300.0])
    tensors["patch_embed.norm.running_mean"] = torch.tensor(mean)
    tensors["patch_embed.norm.running_var"] = torch.tensor(variance)
    tensors["patch_embed.norm.num_batches_tracked"] = torch.tensor(1234)
    return tensors


def release(networks, path):
    """A checkpoint as the authors' training saves it: weights below `model`, what else a run needs beside them."""
    named = collections.OrderedDict(
        (f"backbone.net.{modality}.{name}", tensor)
        for modality, tensors in networks.items()
        for name, tensor in tensors.items()
    )
    named["criterion.temperature"] = torch.tensor(0.1)
    Settings.__module__ = "lssd.config"
    sys.modules["lssd"] = sys.modules["lssd.config"] = sys.modules["__main__"]
    torch.save({"model": named, "epoch": 7, "cfg": Settings(size="S")}, path)


def sound(count, channel):
    """16-bit samples that Python and JavaScript make alike: noise of a linear congruence on a square wave."""
    state, samples = 1 + channel, []
    for n in range(count):
        state = (1103515245 * state + 12345) & 0x7FFFFFFF
        square = 6000 if n // (120 + 40 * channel) % 2 else -6000
        samples.append((state >> 16 & 0x3FFF) - 8192 + square)
    return samples


def audio_windows(count, rate):
    windows, i = [], 0
    while (i + 1) * WINDOW_S * rate < count:
        windows.append((i * WINDOW_S * rate, (i + 1) * WINDOW_S * rate))
        i += 1
    if not windows:
        return [(0, count)]
    if count - windows[-1][1] > WINDOW_S * rate // 2:
        windows.append((count - WINDOW_S * rate, count))
    return windows


def spectrograms(channels, rate):
    """[windows, 1, 96, 288] of [channels, samples]."""
    to_mel = torchaudio.transforms.MelSpectrogram(sample_rate=48000, n_fft=1024, hop_length=501, n_mels=96)
    to_db = torchaudio.transforms.AmplitudeToDB()
    mels = []
    for start, end in audio_windows(channels.shape[1], rate):
        mono = channels[:, start:end].mean(0)
        if rate != 48000:
            mono = torchaudio.functional.resample(mono, rate, 48000)
        mono = F.pad(mono[:144000], (0, max(0, 144000 - len(mono))))
        mels.append(to_db(to_mel(mono))[None])
    return torch.stack(mels)


def ffmpeg(*args):
    command = ["ffmpeg", "-v", "error", "-i", str(CLIP), *args, "-"]
    return numpy.frombuffer(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout, dtype=numpy.uint8)


def probe(stream, entries):
    command = ["ffprobe", "-v", "error", "-of", "json", "-select_streams", stream, "-show_entries", entries, str(CLIP)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def pictures(start, end):
    """[windows, 3, frames, crop, crop] of a stretch of the clip: its centre crops."""
    stream = probe("v:0", "stream=width,height")["streams"][0]
    width, height = stream["width"], stream["height"]
    times = numpy.array([float(f["pts_time"]) for f in probe("v:0", "frame=pts_time")["frames"]])
    frames = ffmpeg("-map", "0:v:0", "-f", "rawvideo", "-pix_fmt", "rgb24").reshape(-1, height, width, 3)
    fps = (len(times) - 1) / (times[-1] - times[0])
    short = round(CROP * 256 / 224)
    size = (short, int(width / height * short)) if height <= width else (int(height / width * short), short)
    clips = []
    for first, last in audio_windows(round((end - start) * 1000), 1000):
        inside = numpy.flatnonzero((times >= start + first / 1000 - 1e-6) & (times <= start + last / 1000 + 1e-6))
        at25 = numpy.floor(numpy.linspace(0, len(inside) - 1, int(numpy.ceil(len(inside) / fps * 25)))).astype(int)
        chosen = inside[at25[numpy.floor(numpy.linspace(0, len(at25) - 1, FRAMES)).astype(int)]]
        clip = torch.from_numpy(frames[chosen].copy()).permute(0, 3, 1, 2) / 255
        clip = F.interpolate(clip, size=size, mode="bilinear", align_corners=False)
        top, left = round((size[0] - CROP) / 2), round((size[1] - CROP) / 2)
        clips.append(clip[:, :, top : top + CROP, left : left + CROP].transpose(0, 1))
    return torch.stack(clips)


def embed(config, tensors, pooling, clips):
    with torch.no_grad():
        return backbone(clips, tensors, tensors, {**config, "pooling": pooling}, False).mean(0).tolist()


def main(folder):
    networks = {"video": weights(VIDEO, 11), "audio": weights(AUDIO, 12)}
    release(networks, folder / "released.pth")
    wav = torch.tensor([sound(5 * 48000, channel) for channel in (0, 1)]) / 32768
    rate = int(probe("a:0", "stream=sample_rate")["streams"][0]["sample_rate"])
    channels = probe("a:0", "stream=channels")["streams"][0]["channels"]
    start, end = 0, 7
    track = ffmpeg("-map", "0:a:0", "-f", "f32le").view(numpy.float32).reshape(-1, channels)
    heard = torch.from_numpy(track[start * rate : end * rate].T.copy())
    mel, mp4_mel, seen = spectrograms(wav, 48000), spectrograms(heard, rate), pictures(start, end)
    results = [
        {
            "videoPooling": video,
            "audioPooling": audio,
            "wav": embed(AUDIO, networks["audio"], audio, mel),
            "mp4": {
                "video": embed(VIDEO, networks["video"], video, seen),
                "audio": embed(AUDIO, networks["audio"], audio, mp4_mel),
            },
        }
        for video, audio in POOLINGS
    ]
    reference = {"wav": {"seconds": 5}, "mp4": {"file": CLIP.name, "startS": start, "endS": end}, "results": results}
    (folder / "released.json").write_text(json.dumps(reference, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
