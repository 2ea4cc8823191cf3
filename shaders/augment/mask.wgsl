// SpecAugment's masks: a stretch of frames and one of bands of each spectrogram take on the spectrogram's mean.
//
// binding 1  mel     [batch, bands, frames]
// binding 2  table   [batch, 4]: first frame and the one after the last, first band and the one after the last
// binding 3  output  as mel (out)
// Launch: a workgroup of 64 per spectrogram.

#import "common/workgroup_sum.wgsl"

struct Uniforms {
  batch: u32,
  bands: u32,
  frames: u32,
}

@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var<storage, read_write> mel: array<f32>;
@group(0) @binding(2) var<storage, read_write> table: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(64)
fn mask_spectrogram(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let clip = id.y * groups.x + id.x;
  let size = u.bands * u.frames;
  let last = select(0u, size, clip < u.batch);
  var part = 0.0;
  for (var i = local; i < last; i += 64u) {
    part += mel[clip * size + i];
  }
  let mean = workgroup_sum(part, local) / f32(size);
  let row = 4u * min(clip, u.batch - 1u);
  for (var i = local; i < last; i += 64u) {
    let frame = i % u.frames;
    let band = i / u.frames;
    let in_time = frame >= table[row] && frame < table[row + 1u];
    let in_bands = band >= table[row + 2u] && band < table[row + 3u];
    output[clip * size + i] = select(mel[clip * size + i], mean, in_time || in_bands);
  }
}
