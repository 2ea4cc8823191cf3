// dS_ab = dloss / B * ((exp(S_ab - by_row_a) + exp(S_ab - by_column_b)) / 2 - (1 where a = b)).
// Bindings: 1 S [B, B], 2 by_row and by_column [2, B], 3 dloss [1], 4 dS [B, B]. Launch: a thread per entry. Constant:
// VEC4 = false.
#import "common/exp.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  size: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> similarity: array<f32>;
@group(0) @binding(2) var<storage, read_write> denominators: array<f32>;
@group(0) @binding(3) var<storage, read_write> dloss: array<f32>;
@group(0) @binding(4) var<storage, read_write> gradient: array<f32>;

@compute @workgroup_size(64)
fn clip_gradient(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.size * sizes.size) {
    return;
  }
  let a = i / sizes.size;
  let b = i % sizes.size;
  let by_row = exact_exp(similarity[i] - denominators[a]);
  let by_column = exact_exp(similarity[i] - denominators[sizes.size + b]);
  gradient[i] = dloss[0] / f32(sizes.size) * (0.5 * (by_row + by_column) - select(0.0, 1.0, a == b));
}
