// dx = dy * (Phi(x) + x phi(x)), phi(x) = exp(-x^2 / 2) / sqrt(2 pi): the slope of the exact GELU.
// Bindings: 1 x, 2 dy, 3 dx, of one size. Sizes in Elements. Launch: a thread per Element. Variants: VEC4.
#import "common/element.wgsl"
#import "common/erf.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> dy: array<Element>;
@group(0) @binding(3) var<storage, read_write> dx: array<Element>;

@compute @workgroup_size(64)
fn gelu_gradient(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.count) {
    return;
  }
  let v = x[i];
  let parts = error_function(v * 0.70710678);
  dx[i] = dy[i] * fma(v * 0.39894228, parts.gauss, 0.5 * (1.0 + parts.erf));
}
