// A hidden layer's batch norm with running statistics, and its rectifier:
// y = max(0, (x + bias - mean) / sqrt(variance + eps) * weight + shift).
// Bindings: 1 x [P, H, N], 2 norm [P, H] of (weight, shift), 3 bias [P, H], 4 running [P, H] of (mean, variance),
// 5 y [P, H, N]. Launch: a thread per four numbers; `width` = N / 4.
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
  width: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> norm: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> running: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn hidden_inference(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.count) {
    return;
  }
  let unit = i / sizes.width;
  let affine = norm[unit];
  let moments = running[unit];
  let scale = affine.x / sqrt(moments.y + sizes.eps);
  y[i] = max(vec4f(), fma(x[i] + (bias[unit] - moments.x), vec4f(scale), vec4f(affine.y)));
}
