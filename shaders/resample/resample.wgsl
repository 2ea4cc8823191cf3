// Windowed-sinc resampling, every row with its own pair of rates:
// y[b, q * n + i] = sum_j kernel[i, j] * x[b, q * o + first[i] - width + j], x being zero outside [0, length).
// o and n are the two rates divided by their greatest common divisor. Of each phase i only the taps inside the window
// are stored. Outputs from ceil(n * length / o) on are zero.
//
// binding 1  x        [batch, samples]
// binding 2  kernels  [*], tables of n rows of `taps`, one after another
// binding 3  firsts   [*], index of the first stored tap of each phase, tables of n
// binding 4  rows     [batch, 8]: o, n, width, taps, start in kernels, start in firsts, length, 0
// binding 5  y        [batch, output_length]  (out)
// Launch: one invocation per output entry, workgroups of 64.

struct Uniforms {
  batch: u32,
  samples: u32,
  output_length: u32,
}

@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> kernels: array<f32>;
@group(0) @binding(3) var<storage, read_write> firsts: array<u32>;
@group(0) @binding(4) var<storage, read_write> rows: array<u32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn resample_rows(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let index = (id.y * groups.x + id.x) * 64u + local;
  if (index >= u.batch * u.output_length) {
    return;
  }
  let row = index / u.output_length;
  let position = index - row * u.output_length;
  let original = rows[8u * row];
  let target_rate = rows[8u * row + 1u];
  let width = rows[8u * row + 2u];
  let taps = rows[8u * row + 3u];
  let kernel_start = rows[8u * row + 4u];
  let first_start = rows[8u * row + 5u];
  let count = i32(min(rows[8u * row + 6u], u.samples));

  let block = position / target_rate;
  let phase = position - block * target_rate;
  // position < ceil(n * length / o), written so that no product passes 32 bits: sample number position * o / n exists.
  let source = block * original + (phase * original) / target_rate;
  var sum = 0.0;
  if (source < u32(count)) {
    let start = i32(block * original + firsts[first_start + phase]) - i32(width);
    let low = u32(max(0, -start));
    let high = u32(clamp(count - start, 0, i32(taps)));
    let kernel = kernel_start + phase * taps;
    for (var j = low; j < high; j++) {
      sum += kernels[kernel + j] * x[row * u.samples + u32(start + i32(j))];
    }
  }
  y[index] = sum;
}
