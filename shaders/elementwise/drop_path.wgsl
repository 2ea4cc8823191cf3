// y = x * keep / (1 - rate), one draw per sample: keep when the top 24 random bits reach `threshold` = rate * 2^24.
// The draw depends on (seed, step, stream, number of the sample in its batch) alone; its own gradient.
// Bindings: 1 x [B, ...], 2 rng (seed, step, first sample), 3 y. Sizes in Elements. Launch: a thread per Element.
// Variants: VEC4 (numbers per sample a multiple of 4).
#import "common/element.wgsl"
#import "common/random.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
  per_sample: u32,
  stream: u32,
  threshold: u32,
  factor: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> rng: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<Element>;

@compute @workgroup_size(64)
fn drop_path(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.count) {
    return;
  }
  let bits = random_bits(rng[0], rng[1], sizes.stream, rng[2] + i / sizes.per_sample);
  let factor = select(0.0, sizes.factor, (bits >> 8u) >= sizes.threshold);
  y[i] = x[i] * factor;
}
