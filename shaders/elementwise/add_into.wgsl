// sum += x.
// Bindings: 1 sum, 2 x, of one size. Sizes in Elements. Launch: a thread per Element. Variants: VEC4.
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> sum: array<Element>;
@group(0) @binding(2) var<storage, read_write> x: array<Element>;

@compute @workgroup_size(64)
fn add_into(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.count) {
    return;
  }
  sum[i] += x[i];
}
