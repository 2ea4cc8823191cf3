// y = (x - mean) / sqrt(variance + eps) * weight + bias for each column over the N rows of a batch (biased variance).
// Bindings: 1 x [N, D], 2 weight [D], 3 bias [D], 4 y [N, D], 5 mean [D], 6 variance [D]. Sizes in Elements.
// Launch: a thread per column; heads see a few hundred rows. Variants: VEC4 (D a multiple of 4).
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  rows: u32,
  width: u32,
  inverse: f32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> weight: array<Element>;
@group(0) @binding(3) var<storage, read_write> bias: array<Element>;
@group(0) @binding(4) var<storage, read_write> y: array<Element>;
@group(0) @binding(5) var<storage, read_write> mean: array<Element>;
@group(0) @binding(6) var<storage, read_write> variance: array<Element>;

@compute @workgroup_size(64)
fn normalise_columns(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let c = linear_thread(group, groups, local);
  if (c >= sizes.width) {
    return;
  }
  let end = sizes.rows * sizes.width;
  var sum = Element(0.0);
  for (var at = c; at < end; at += sizes.width) {
    sum += x[at];
  }
  let m = sum * sizes.inverse;
  var squares = Element(0.0);
  for (var at = c; at < end; at += sizes.width) {
    let d = x[at] - m;
    squares = fma(d, d, squares);
  }
  let v = squares * sizes.inverse;
  let scale = weight[c] / sqrt(v + sizes.eps);
  for (var at = c; at < end; at += sizes.width) {
    y[at] = fma(x[at] - m, scale, bias[c]);
  }
  mean[c] = m;
  variance[c] = v;
}
