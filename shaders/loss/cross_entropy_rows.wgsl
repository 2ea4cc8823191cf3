// For each fold f and row n: log_sum[f, n] = log sum over c of exp(logits[f, n, c]) and
// term[f, n] = weights[f, n] * (log_sum - logits[f, n, label n]). A label that is no class gives a term of 0.
// Bindings: 1 logits [F, N, C], 2 labels [N], 3 weights [F, N], 4 log_sum [F, N], 5 term [F, N].
// Launch: a thread per fold and row. Constant: VEC4 = false.
#import "common/exp.wgsl"
#import "common/log.wgsl"
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
@group(0) @binding(5) var<storage, read_write> term: array<f32>;

@compute @workgroup_size(64)
fn cross_entropy_terms(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.folds * sizes.rows) {
    return;
  }
  let base = i * sizes.classes;
  var largest = logits[base];
  for (var c = 1u; c < sizes.classes; c++) {
    largest = max(largest, logits[base + c]);
  }
  var sum = 0.0;
  for (var c = 0u; c < sizes.classes; c++) {
    sum += exact_exp(logits[base + c] - largest);
  }
  let log_total = exact_log(sum);
  log_sum[i] = largest + log_total;
  let label = labels[i % sizes.rows];
  var entropy = 0.0;
  if (label < sizes.classes) {
    entropy = log_total + (largest - logits[base + label]);
  }
  term[i] = weights[i] * entropy;
}
