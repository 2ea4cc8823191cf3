// dx[b, n] = dy[b] / (N - skip) for n >= skip, else 0: the gradient of the mean over tokens.
// Bindings: 1 dy [B, C], 2 dx [B, N, C]. Sizes in Elements; `inverse` = 1 / (N - skip). Launch: a thread per Element of
// dx. Variants: VEC4 (C a multiple of 4).
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
@group(0) @binding(1) var<storage, read_write> dy: array<Element>;
@group(0) @binding(2) var<storage, read_write> dx: array<Element>;

@compute @workgroup_size(64)
fn spread_mean(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.batch * sizes.tokens * sizes.width) {
    return;
  }
  let row = i / sizes.width;
  let factor = select(0.0, sizes.inverse, row % sizes.tokens >= sizes.skip);
  dx[i] = dy[row / sizes.tokens * sizes.width + i % sizes.width] * factor;
}
