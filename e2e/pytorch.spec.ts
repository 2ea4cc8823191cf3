/** PyTorch itself reads what we write, and we read what it writes: with Debian's python3-torch, where that is installed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { root } from '../scripts/install.mjs'
import { encodeCheckpoint, encodeWeights } from '../src/engine/jobs/weights'
import { readPytorch } from '../src/formats/pytorch'
import { initialValues } from '../src/models/initialise'
import { describeNetwork } from '../src/models/network'
import { model } from '../src/schema/model-settings'
import type { SettingValue } from '../src/schema/notebook'
import { networkConfig } from '../src/schema/presets'

const python = '/usr/bin/python3'
const version = existsSync(python) ? spawnSync(python, ['-c', 'import torch; print(torch.__version__)']) : null
test.skip(version?.status !== 0, 'python3-torch is not installed, so PyTorch cannot be asked.')

/** Loads both files and compares them, then lets torch's own modules take their part with strict=True. */
const compare = `
import json, struct, sys, torch
checkpoint = torch.load(sys.argv[1], map_location="cpu")
data = open(sys.argv[2], "rb").read()
start = 8 + struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:start])
metadata = header.pop("__metadata__")
state = checkpoint["model"]
assert sorted(state) == sorted(header), set(state) ^ set(header)
for name, entry in header.items():
    dtype = {"F32": torch.float32, "I64": torch.int64}[entry["dtype"]]
    begin, end = entry["data_offsets"]
    expected = torch.frombuffer(bytearray(data[start + begin : start + end]), dtype=dtype).reshape(entry["shape"])
    assert state[name].dtype == dtype and list(state[name].shape) == entry["shape"], name
    assert torch.equal(state[name], expected), name
assert checkpoint["config"] == metadata["config"]
below = lambda prefix: {n[len(prefix):]: t for n, t in state.items() if n.startswith(prefix)}
torch.nn.BatchNorm3d(3, affine=False).load_state_dict(below("net.video.patch_embed.norm."), strict=True)
torch.nn.Conv3d(3, 24, (3, 9, 9)).load_state_dict(below("net.video.patch_embed.proj."), strict=True)
torch.nn.Linear(24, 72).load_state_dict(below("net.audio.blocks.0.attn.qkv."), strict=True)
print(len(state), "tensors")
`

test('torch.load gives the tensors of the safetensors file, bit for bit', async ({ browserName: _ }, testInfo) => {
  const settings: Record<string, SettingValue> = {}
  for (const { key, default: value } of model)
    settings[key] = typeof value === 'function' ? value(settings, false) : value
  const config = networkConfig(settings)
  const network = describeNetwork(config)
  const tensors = initialValues(network.tensors, 7)
  const info = { config, seed: 7, step: 70, batchesTracked: 70 }
  const folder = testInfo.outputPath()
  mkdirSync(folder, { recursive: true })
  const [pt, safetensors] = [join(folder, 'weights.pt'), join(folder, 'weights.safetensors')]
  writeFileSync(pt, Buffer.concat(encodeCheckpoint(network, tensors, info)))
  writeFileSync(safetensors, Buffer.concat(encodeWeights(network, tensors, info)))
  const { status, stdout, stderr } = spawnSync(python, ['-c', compare, pt, safetensors], { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  expect(Number.parseInt(stdout, 10)).toBeGreaterThan(network.tensors.length)
})

/** All numbers of a checkpoint as text, NaN and -0 included, or why it is refused. */
async function contentOf(path: string): Promise<string> {
  const { key, tensors, texts, skipped } = await readPytorch(new Blob([readFileSync(path)]))
  const read = await Promise.all(
    [...tensors].map(async ([name, tensor]) => [
      name,
      tensor.dtype,
      tensor.shape,
      [...(await tensor.read())].map(String),
    ]),
  )
  return JSON.stringify([key, read, texts, skipped])
}

test('what this torch saves reads as what the torch of the fixtures saved', async ({ browserName: _ }, testInfo) => {
  const folder = testInfo.outputPath('saved')
  mkdirSync(folder, { recursive: true })
  execFileSync(python, [join(root, 'scripts/make_checkpoints.py'), folder])
  const fixtures = join(root, 'src/formats/fixtures')
  expect(readdirSync(folder).sort()).toEqual(readdirSync(fixtures).sort())
  expect(await contentOf(join(folder, 'everything.pt'))).toBe(await contentOf(join(fixtures, 'everything.pt')))
  for (const name of ['class-inside.pyth', 'whole-object.pt', 'legacy.pt', 'bare-pickle.pt', 'torchscript.pt']) {
    const refusal = (path: string) => contentOf(path).then(() => 'read', String)
    const now = await refusal(join(folder, name))
    expect(now).not.toBe('read')
    expect(now).toBe(await refusal(join(fixtures, name)))
  }
})
