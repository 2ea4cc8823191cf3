// running += momentum * (batch - running), for the mean and for the unbiased variance = variance * n / (n - 1).
// Bindings: 1 mean [C], 2 variance [C] (biased), 3 running mean [C], 4 running variance [C]. Launch: a thread per
// channel. `unbias` = n / (n - 1).
// A channel whose batch is not finite is left as it was: an average would never get rid of it again.
#import "common/finite.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  channels: u32,
  momentum: f32,
  unbias: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> mean: array<f32>;
@group(0) @binding(2) var<storage, read_write> variance: array<f32>;
@group(0) @binding(3) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(4) var<storage, read_write> running_variance: array<f32>;

@compute @workgroup_size(64)
fn update_running_statistics(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let c = linear_thread(group, groups, local);
  if (c >= sizes.channels) {
    return;
  }
  if (is_non_finite(mean[c]) || is_non_finite(variance[c])) {
    return;
  }
  running_mean[c] += sizes.momentum * (mean[c] - running_mean[c]);
  running_variance[c] += sizes.momentum * (variance[c] * sizes.unbias - running_variance[c]);
}
