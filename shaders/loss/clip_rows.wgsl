// CLIP's form of the loss: two softmaxes, over row i and over column i of S, averaged. by_row[i] and by_column[i] are
// their log sum exp(S), loss[i] = (by_row[i] + by_column[i]) / 2 - S_ii, with the maximum subtracted first.
// Bindings: 1 S [B, B], 2 by_row and by_column [2, B], 3 loss [B]. Launch: a thread per i. Constant: VEC4 = false.
#import "common/exp.wgsl"
#import "common/log.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  size: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> similarity: array<f32>;
@group(0) @binding(2) var<storage, read_write> denominators: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;

@compute @workgroup_size(64)
fn clip_terms(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  let size = sizes.size;
  if (i >= size) {
    return;
  }
  let own = similarity[i * size + i];
  var largest = vec2f(own);
  for (var j = 0u; j < size; j++) {
    largest = max(largest, vec2f(similarity[i * size + j], similarity[j * size + i]));
  }
  var sums = vec2f(0.0);
  for (var j = 0u; j < size; j++) {
    sums.x += exact_exp(similarity[i * size + j] - largest.x);
    sums.y += exact_exp(similarity[j * size + i] - largest.y);
  }
  let logs = vec2f(exact_log(sums.x), exact_log(sums.y));
  denominators[i] = largest.x + logs.x;
  denominators[size + i] = largest.y + logs.y;
  loss[i] = 0.5 * (logs.x + (largest.x - own) + logs.y + (largest.y - own));
}
