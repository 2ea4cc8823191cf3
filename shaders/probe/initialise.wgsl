// Random numbers for the parameters of many probes: with own = (centred spread, -) of its probe, uniform in +-spread where
// `normal` is 0, else normal with deviation spread (Box and Muller). A number depends on (seed, stream, place in the probe).
// Bindings: 1 parameters [P, S], 2 plan [P] of (seed, normal, bits of spread, -). `count` = P S, `size` = S.
// Launch: a thread per parameter.
#import "common/random.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
  size: u32,
  stream: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> plan: array<vec4u>;

// Between 0 and 1, neither of them.
fn between(bits: u32) -> f32 {
  return (f32(bits >> 9u) + 0.5) / 8388608.0;
}

@compute @workgroup_size(64)
fn initialise(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.count) {
    return;
  }
  let own = plan[i / sizes.size];
  let u = between(random_bits(own.x, 0u, sizes.stream, i % sizes.size));
  let spread = bitcast<f32>(own.z);
  if (own.y == 0u) {
    parameters[i] = spread * (2.0 * u - 1.0);
  } else {
    let v = between(random_bits(own.x, 1u, sizes.stream, i % sizes.size));
    parameters[i] = spread * sqrt(-2.0 * log(u)) * cos(6.2831853 * v);
  }
}
