// Batch norm, dropout and rectifier of a hidden layer in one pass, for many probes. For each unit (probe p, feature h),
// over the first count[p] columns: mean and biased variance, y = max(0, xhat * weight + bias) * keep / (1 - rate);
// y = 0 in the columns behind. A number is kept when 16 random bits of (seed, step, stream, place in the probe) reach
// `threshold` = rate * 2^16.
// Bindings: 1 x [P, H, N], 2 norm [P, H] of (weight, bias), 3 state [P] of (count, seed, step, -), 4 y [P, H, N],
// 5 statistics [P, H] of (mean, variance). `width` = N / 4. Launch: LANES threads per unit, 64 / LANES units a workgroup.
// Variants: LANES 1 or 16, SHARED.
#import "common/row_sum.wgsl"
#import "common/random.wgsl"
struct Sizes {
  units: u32,
  features: u32,
  width: u32,
  stream: u32,
  threshold: u32,
  factor: f32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> norm: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> state: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> statistics: array<vec2f>;

fn total(v: vec4f) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

@compute @workgroup_size(64)
fn normalise_units(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let wanted = (group.y * groups.x + group.x) * (64u / LANES) + local / LANES;
  // Surplus threads repeat the last unit, as barriers need everyone, and store nothing.
  let unit = min(wanted, sizes.units - 1u);
  let base = unit * sizes.width;
  let lane = local % LANES;
  let probe = state[unit / sizes.features];
  let count = probe.x;
  let inverse = 1.0 / f32(max(count, 1u));
  let fours = vec4u(0u, 1u, 2u, 3u);
  var sum = vec4f();
  for (var i = lane; i < sizes.width; i += LANES) {
    sum += select(vec4f(), x[base + i], 4u * i + fours < vec4u(count));
  }
  let mean = row_sum(total(sum), local) * inverse;
  var squares = vec4f();
  for (var i = lane; i < sizes.width; i += LANES) {
    let d = select(vec4f(), x[base + i] - mean, 4u * i + fours < vec4u(count));
    squares = fma(d, d, squares);
  }
  let variance = row_sum(total(squares), local) * inverse;
  let affine = norm[unit];
  let scale = 1.0 / sqrt(variance + sizes.eps) * affine.x;
  if (wanted < sizes.units) {
    let first = unit % sizes.features * sizes.width;
    for (var i = lane; i < sizes.width; i += LANES) {
      var kept = 4u * i + fours < vec4u(count);
      if (sizes.threshold > 0u) {
        let low = random_bits(probe.y, probe.z, sizes.stream, 2u * (first + i));
        let high = random_bits(probe.y, probe.z, sizes.stream, 2u * (first + i) + 1u);
        let bits = vec4u(low & 0xffffu, low >> 16u, high & 0xffffu, high >> 16u);
        kept = kept & (bits >= vec4u(sizes.threshold));
      }
      let value = max(vec4f(), fma(x[base + i] - mean, vec4f(scale), vec4f(affine.y)));
      y[base + i] = select(vec4f(), value * sizes.factor, kept);
    }
    if (lane == 0u) {
      statistics[unit] = vec2f(mean, variance);
    }
  }
}
