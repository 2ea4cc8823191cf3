// First stage of a channel's mean or variance: each thread sums x, or (x - mean)^2, over a strided share of one plane.
// Bindings: 1 x [outer, channels, inner], samples `first` to `first + outer - 1` of a batch of `total`,
// 2 parts [channels, total, threads]; with SQUARES 3 mean [channels]. Sizes in Elements (inner a multiple of 4 for VEC4). Launch: `threads` threads per plane, neighbours read neighbours.
// Variants: VEC4, SQUARES.
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  outer: u32,
  channels: u32,
  inner: u32,
  threads: u32,
  first: u32,
  total: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;
#if SQUARES
@group(0) @binding(3) var<storage, read_write> mean: array<f32>;
#endif

@compute @workgroup_size(64)
fn sum_planes(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let thread = linear_thread(group, groups, local);
  if (thread >= sizes.outer * sizes.channels * sizes.threads) {
    return;
  }
  let share = thread % sizes.threads;
  let plane = thread / sizes.threads;
  let channel = plane % sizes.channels;
  let base = plane * sizes.inner;
#if SQUARES
  let shift = mean[channel];
#endif
  var sum = Element(0.0);
  for (var i = share; i < sizes.inner; i += sizes.threads) {
#if SQUARES
    let d = x[base + i] - shift;
    sum = fma(d, d, sum);
#else
    sum += x[base + i];
#endif
  }
  parts[(channel * sizes.total + sizes.first + plane / sizes.channels) * sizes.threads + share] = sum_of(sum);
}
