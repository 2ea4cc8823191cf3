// Second stage of a channel's mean or variance: result[c] = factor * sum over i of parts[c, i].
// Bindings: 1 parts [channels, count], 2 result [channels]. Launch: a workgroup per channel.
#import "common/workgroup_sum.wgsl"
struct Sizes {
  channels: u32,
  count: u32,
  factor: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> parts: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(64)
fn finish_mean(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let wanted = group.y * groups.x + group.x;
  let channel = min(wanted, sizes.channels - 1u);
  var sum = 0.0;
  for (var i = local; i < sizes.count; i += 64u) {
    sum += parts[channel * sizes.count + i];
  }
  let total = workgroup_sum(sum, local);
  if (local == 0u && wanted < sizes.channels) {
    result[channel] = total * sizes.factor;
  }
}
