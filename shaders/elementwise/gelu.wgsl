// y = x Phi(x) = x / 2 * (1 + erf(x / sqrt 2)), the exact GELU.
// Bindings: 1 x, 2 y, of one size. Sizes in Elements. Launch: a thread per Element. Variants: VEC4.
#import "common/element.wgsl"
#import "common/erf.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> y: array<Element>;

@compute @workgroup_size(64)
fn gelu(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.count) {
    return;
  }
  let v = x[i];
  y[i] = 0.5 * v * (1.0 + error_function(v * 0.70710678).erf);
}
