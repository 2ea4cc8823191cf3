// Second stage of the global gradient norm: norm[0] = sqrt(sum of squares), norm[1] = 1 if an entry, or the sum itself,
// is not finite, else 0.
// Bindings: 1 parts [count] of (sum of squares, non-finite flag), 2 norm [2]. Launch: one workgroup.
#import "common/finite.wgsl"
#import "common/workgroup_sum.wgsl"
struct Sizes {
  count: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> parts: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> norm: array<f32>;

@compute @workgroup_size(64)
fn finish_norm(@builtin(local_invocation_index) local: u32) {
  var sum = 0.0;
  var bad = 0.0;
  for (var i = local; i < sizes.count; i += 64u) {
    sum += parts[i].x;
    bad += parts[i].y;
  }
  let total = workgroup_sum(sum, local);
  let any_bad = workgroup_sum(bad, local);
  if (local == 0u) {
    norm[0] = sqrt(total);
    norm[1] = select(0.0, 1.0, any_bad > 0.0 || is_non_finite(total));
  }
}
