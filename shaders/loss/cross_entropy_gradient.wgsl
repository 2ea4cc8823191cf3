// dlogits[f, n, c] = dloss[f] * weights[f, n] / total[f] * (exp(logits - log_sum[f, n]) - [c = label n]), 0 when total
// is 0 or the label is no class.
// Bindings: 1 logits [F, N, C], 2 labels [N], 3 weights [F, N], 4 log_sum [F, N], 5 total [F], 6 dloss [F],
// 7 dlogits [F, N, C]. Launch: a thread per logit. Constant: VEC4 = false.
#import "common/exp.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  folds: u32,
  rows: u32,
  classes: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> labels: array<u32>;
@group(0) @binding(3) var<storage, read_write> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> log_sum: array<f32>;
@group(0) @binding(5) var<storage, read_write> total: array<f32>;
@group(0) @binding(6) var<storage, read_write> dloss: array<f32>;
@group(0) @binding(7) var<storage, read_write> dlogits: array<f32>;

@compute @workgroup_size(64)
fn cross_entropy_gradient(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.folds * sizes.rows * sizes.classes) {
    return;
  }
  let row = i / sizes.classes;
  let fold = row / sizes.rows;
  let label = labels[row % sizes.rows];
  if (label >= sizes.classes || total[fold] <= 0.0) {
    dlogits[i] = 0.0;
    return;
  }
  let probability = exact_exp(logits[i] - log_sum[row]);
  let target_probability = select(0.0, 1.0, i % sizes.classes == label);
  dlogits[i] = dloss[fold] * weights[row] / total[fold] * (probability - target_probability);
}
