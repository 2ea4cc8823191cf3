// Pairs of float16 as float32: (y[2 i], y[2 i + 1]) = x[i].
// Bindings: 1 x [ceil(count / 2)], 2 y [count]. Launch: a thread per pair.
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn unpack_half(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (2u * i >= sizes.count) {
    return;
  }
  let pair = unpack2x16float(x[i]);
  y[2u * i] = pair.x;
  if (2u * i + 1u < sizes.count) {
    y[2u * i + 1u] = pair.y;
  }
}
