// One step of plain gradient descent: p -= rate g.
// Bindings: 1 parameters [P], 2 gradients [P]. P a multiple of 4; `count` = P / 4. Launch: a thread per four parameters.
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
  rate: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> gradients: array<vec4f>;

@compute @workgroup_size(64)
fn descend(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i < sizes.count) {
    parameters[i] -= sizes.rate * gradients[i];
  }
}
