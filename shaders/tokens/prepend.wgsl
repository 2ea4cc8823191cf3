// y[b, 0] = token, y[b, n + 1] = x[b, n].
// Bindings: 1 x [B, N, C], 2 token [C], 3 y [B, N + 1, C]. Sizes in Elements. Launch: a thread per Element of y.
// Variants: VEC4 (C a multiple of 4).
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  batch: u32,
  tokens: u32,
  width: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> token: array<Element>;
@group(0) @binding(3) var<storage, read_write> y: array<Element>;

@compute @workgroup_size(64)
fn prepend_token(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  let per_sample = (sizes.tokens + 1u) * sizes.width;
  if (i >= sizes.batch * per_sample) {
    return;
  }
  let at = i % per_sample;
  if (at < sizes.width) {
    y[i] = token[at];
  } else {
    y[i] = x[i - (i / per_sample + 1u) * sizes.width];
  }
}
