// Pairs of float32 as float16: y[i] = (x[2 i], x[2 i + 1]), numbers beyond float16 become its largest.
// Bindings: 1 x [count], 2 y [ceil(count / 2)]. Launch: a thread per pair.
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn pack_half(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (2u * i >= sizes.count) {
    return;
  }
  // An odd count ends with its last number twice.
  let pair = vec2f(x[2u * i], x[min(2u * i + 1u, sizes.count - 1u)]);
  y[i] = pack2x16float(clamp(pair, vec2f(-65504.0), vec2f(65504.0)));
}
