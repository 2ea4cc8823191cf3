// y = (x - mean) / sqrt(variance + eps) * weight + bias with running statistics; with GRADIENT, from x = dy,
// dx = dy / sqrt(variance + eps) * weight.
// Bindings: 1 x [N, D], 2 weight [D], 3 variance [D], 4 y [N, D]; without GRADIENT also 5 mean [D], 6 bias [D].
// Sizes in Elements. Launch: a thread per Element. Variants: VEC4 (D a multiple of 4), GRADIENT.
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
  width: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> weight: array<Element>;
@group(0) @binding(3) var<storage, read_write> variance: array<Element>;
@group(0) @binding(4) var<storage, read_write> y: array<Element>;
#if GRADIENT
#else
@group(0) @binding(5) var<storage, read_write> mean: array<Element>;
@group(0) @binding(6) var<storage, read_write> bias: array<Element>;
#endif

@compute @workgroup_size(64)
fn apply_running_statistics(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.count) {
    return;
  }
  let c = i % sizes.width;
  let scale = weight[c] / sqrt(variance[c] + sizes.eps);
#if GRADIENT
  y[i] = x[i] * scale;
#else
  y[i] = fma(x[i] - mean[c], scale, bias[c]);
#endif
}
