// total[f] = sum over n of weights[f, n] and loss[f] = sum over n of term[f, n] / total[f] (0 when total is 0).
// Bindings: 1 term [F, N], 2 weights [F, N], 3 loss [F], 4 total [F]. Launch: a workgroup per fold.
#import "common/workgroup_sum.wgsl"
struct Sizes {
  folds: u32,
  rows: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> term: array<f32>;
@group(0) @binding(2) var<storage, read_write> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;
@group(0) @binding(4) var<storage, read_write> total: array<f32>;

@compute @workgroup_size(64)
fn weighted_mean(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let wanted = group.y * groups.x + group.x;
  let base = min(wanted, sizes.folds - 1u) * sizes.rows;
  var term_sum = 0.0;
  var weight_sum = 0.0;
  for (var n = local; n < sizes.rows; n += 64u) {
    term_sum += term[base + n];
    weight_sum += weights[base + n];
  }
  let terms = workgroup_sum(term_sum, local);
  let all = workgroup_sum(weight_sum, local);
  if (local == 0u && wanted < sizes.folds) {
    loss[wanted] = select(0.0, terms / all, all > 0.0);
    total[wanted] = all;
  }
}
