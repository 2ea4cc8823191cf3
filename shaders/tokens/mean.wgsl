// y[b] = mean of the tokens x[b, skip], ..., x[b, N - 1].
// Bindings: 1 x [B, N, C], 2 y [B, C]. Sizes in Elements; `inverse` = 1 / (N - skip). Launch: a thread per Element of y.
// Variants: VEC4 (C a multiple of 4).
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  batch: u32,
  tokens: u32,
  width: u32,
  skip: u32,
  inverse: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> y: array<Element>;

@compute @workgroup_size(64)
fn mean_tokens(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.batch * sizes.width) {
    return;
  }
  let base = i / sizes.width * sizes.tokens * sizes.width + i % sizes.width;
  var sum = Element(0.0);
  for (var n = sizes.skip; n < sizes.tokens; n++) {
    sum += x[base + n * sizes.width];
  }
  y[i] = sum * sizes.inverse;
}
