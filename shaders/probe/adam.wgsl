// One step of Adam (Kingma and Ba 2015, as in PyTorch) for many probes, each with its own rate:
// m += (1 - beta1) (g - m), v += (1 - beta2) (g^2 - v), p -= decay p, p -= rate m / (sqrt(v) / root + eps), where
// rate = learning rate / (1 - beta1^t), root = sqrt(1 - beta2^t), decay = learning rate * weight decay.
// Nothing changes where the rate is 0.
// Bindings: 1 parameters [P, S], 2 gradients [P, S], 3 m [P, S], 4 v [P, S], 5 hyper [P] of (rate, root, decay, -).
// `count` = P S / 4, `size` = S / 4. Launch: a thread per four parameters.
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
  size: u32,
  beta1: f32,
  beta2: f32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> gradients: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> first_moment: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> second_moment: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> hyper: array<vec4f>;

@compute @workgroup_size(64)
fn adam(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.count) {
    return;
  }
  let own = hyper[i / sizes.size];
  if (own.x == 0.0) {
    return;
  }
  let g = gradients[i];
  let m = first_moment[i] + sizes.beta1 * (g - first_moment[i]);
  let v = second_moment[i] + sizes.beta2 * (g * g - second_moment[i]);
  let decayed = parameters[i] - own.z * parameters[i];
  parameters[i] = decayed - own.x * m / (sqrt(v) / own.y + sizes.eps);
  first_moment[i] = m;
  second_moment[i] = v;
}
