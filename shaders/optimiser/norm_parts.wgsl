// First stage of the global gradient norm: each thread sums the squares of a strided share and notes a non-finite entry.
// Bindings: 1 a range of gradients [P], 2 parts of (sum of squares, 1 if any entry is not finite, else 0), this range's
// from `first` on.
// `count` in Elements. Launch: `threads` threads, neighbours read neighbours. Variants: VEC4 (P a multiple of 4).
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
  threads: u32,
  first: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> gradients: array<Element>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec2f>;

@compute @workgroup_size(64)
fn sum_squares(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let thread = linear_thread(group, groups, local);
  if (thread >= sizes.threads) {
    return;
  }
  var sum = Element(0.0);
  // All exponent bits set means infinite or NaN: so does a carry into the sign bit after adding one to the exponent.
  var carries = ElementUint(0u);
  for (var i = thread; i < sizes.count; i += sizes.threads) {
    let g = gradients[i];
    sum = fma(g, g, sum);
    carries |= (bitcast<ElementUint>(g) & ElementUint(0x7f800000u)) + ElementUint(0x00800000u);
  }
  let bad = any((carries & ElementUint(0x80000000u)) != ElementUint(0u));
  parts[sizes.first + thread] = vec2f(sum_of(sum), select(0.0, 1.0, bad));
}
