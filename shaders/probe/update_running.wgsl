// Running statistics of batch norms as PyTorch keeps them: r += momentum * (batch - r), the variance unbiased. The batch's
// mean lacks the linear layer's bias, which a batch norm takes out again; it is added here. Probes whose batch is empty
// keep theirs.
// Bindings: 1 statistics [P, H] of (mean, variance), 2 bias [P, H], 3 state [P] of (count, ...), 4 running [P, H] of (mean,
// variance). Launch: a thread per unit.
#import "common/thread.wgsl"
struct Sizes {
  units: u32,
  features: u32,
  momentum: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> statistics: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> state: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> running: array<vec2f>;

@compute @workgroup_size(64)
fn update_running(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.units) {
    return;
  }
  let count = state[i / sizes.features].x;
  if (count < 2u) {
    return;
  }
  let batch = statistics[i];
  let unbiased = batch.y * (f32(count) / f32(count - 1u));
  running[i] += sizes.momentum * (vec2f(batch.x + bias[i], unbiased) - running[i]);
}
