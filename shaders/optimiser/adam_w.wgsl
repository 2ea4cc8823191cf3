// One AdamW step (Loshchilov and Hutter, as in PyTorch) on a range of parameters, with the gradient clipped to a norm:
// g' = g min(1, clip / (norm + 1e-6)); p -= lr decay p where the flag of its block of 64 is 1;
// m += (1 - beta1) (g' - m); v += (1 - beta2) (g'^2 - v); p -= lr / c1 * m / (sqrt(v / c2) + eps).
// Nothing changes when the gradient is not finite.
// Bindings: 1 parameters [P], 2 gradients [P], 3 m [P], 4 v [P], 5 decay flags [P / 64], 6 hyper [8] (see
// advance_adam.wgsl), 7 norm [2], 8 state [4], already advanced. P a multiple of 64; `count` = P / 4.
// Launch: a thread per four parameters.
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> gradients: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> first_moment: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> second_moment: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> decay_flags: array<u32>;
@group(0) @binding(6) var<storage, read_write> hyper: array<f32>;
@group(0) @binding(7) var<storage, read_write> norm: array<f32>;
@group(0) @binding(8) var<storage, read_write> state: array<f32>;

@compute @workgroup_size(64)
fn adam_w(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.count || norm[1] != 0.0) {
    return;
  }
  let rate = hyper[0];
  let clip = hyper[5];
  let clipping = select(1.0, min(1.0, clip / (norm[0] + 1e-6)), clip > 0.0);
  let g = gradients[i] * clipping;
  let decay = select(0.0, rate * hyper[4], decay_flags[i / 16u] == 1u);
  let m = first_moment[i] + hyper[1] * (g - first_moment[i]);
  let v = second_moment[i] + hyper[2] * (g * g - second_moment[i]);
  let denominator = sqrt(v / state[3]) + hyper[3];
  // Rounding 1 - decay would cost one per cent of a decay of 5e-6, so the decay is subtracted.
  let decayed = parameters[i] - decay * parameters[i];
  parameters[i] = decayed - (rate / state[2]) * m / denominator;
  first_moment[i] = m;
  second_moment[i] = v;
}
