// Mel bands in decibels: 10 log10(max(sum_j filter[m, j] * power[t, j], 1e-10)).
// The filters are triangles over few bins (1003 non-zeros of 513 x 96), so each band reads its own stretch of bins only.
//
// binding 1  power    [batch, frames, bins]
// binding 2  ranges   [mels] of (first bin, number of bins, position of the first weight)
// binding 3  weights  [non-zeros], band after band
// binding 4  output   [batch, 1, mels, frames]  (out)
// Launch: one invocation per output entry, workgroups of 64.

#import "common/log.wgsl"

struct Uniforms {
  batch: u32,
  mels: u32,
  frames: u32,
  bins: u32,
}

@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var<storage, read_write> power: array<f32>;
@group(0) @binding(2) var<storage, read_write> ranges: array<u32>;
@group(0) @binding(3) var<storage, read_write> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

const DECIBELS_PER_NEPER = 4.3429448190325183;
const FLOOR = 1e-10;

@compute @workgroup_size(64)
fn mel_decibels(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let index = (id.y * groups.x + id.x) * 64u + local;
  if (index >= u.batch * u.mels * u.frames) {
    return;
  }
  let frame = index % u.frames;
  let band = (index / u.frames) % u.mels;
  let clip = index / (u.frames * u.mels);
  let bins = (clip * u.frames + frame) * u.bins + ranges[3u * band];
  let count = ranges[3u * band + 1u];
  let first = ranges[3u * band + 2u];
  var sum = 0.0;
  for (var j = 0u; j < count; j++) {
    sum += weights[first + j] * power[bins + j];
  }
  output[index] = DECIBELS_PER_NEPER * exact_log(max(sum, FLOOR));
}
