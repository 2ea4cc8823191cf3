// y = (x - mean[c]) / sqrt(variance[c] + eps): the batch norm without affine in front of the patch convolution.
// Bindings: 1 x [outer, channels, inner], 2 mean [channels], 3 variance [channels], 4 y, as x. Sizes in Elements.
// Launch: a thread per Element. Variants: VEC4 (inner a multiple of 4).
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
  channels: u32,
  inner: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> variance: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<Element>;

@compute @workgroup_size(64)
fn normalise_channels(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.count) {
    return;
  }
  let channel = i / sizes.inner % sizes.channels;
  y[i] = (x[i] - mean[channel]) * (1.0 / sqrt(variance[channel] + sizes.eps));
}
