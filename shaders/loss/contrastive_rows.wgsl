// For each i, over the 2B - 1 similarities of row i and column i together: denominator[i] = D_i = log sum exp(S) and
// loss[i] = l_i = D_i - S_ii (Eq. 1 of the paper), with the maximum subtracted first.
// Bindings: 1 S [B, B], 2 denominator [B], 3 loss [B]. Launch: a thread per i. Constant: VEC4 = false.
#import "common/exp.wgsl"
#import "common/log.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  size: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> similarity: array<f32>;
@group(0) @binding(2) var<storage, read_write> denominator: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;

@compute @workgroup_size(64)
fn contrastive_terms(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.size) {
    return;
  }
  let own = similarity[i * sizes.size + i];
  var largest = own;
  for (var j = 0u; j < sizes.size; j++) {
    largest = max(largest, max(similarity[i * sizes.size + j], similarity[j * sizes.size + i]));
  }
  var sum = exact_exp(own - largest);
  for (var j = 0u; j < sizes.size; j++) {
    if (j != i) {
      sum += exact_exp(similarity[i * sizes.size + j] - largest) + exact_exp(similarity[j * sizes.size + i] - largest);
    }
  }
  let log_sum = exact_log(sum);
  denominator[i] = largest + log_sum;
  loss[i] = log_sum + (largest - own);
}
