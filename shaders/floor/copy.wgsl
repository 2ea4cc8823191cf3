// The copy bandwidth of the adapter: y = x, a vec4f per thread.
// Bindings: 1 x [count], 2 y [count] in vec4f. Launch: x and y cover the threads in groups of 64.
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn copy(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let thread = linear_thread(group, groups, local);
  if (thread < sizes.count) {
    y[thread] = x[thread];
  }
}
