// y = (x - mean) / sqrt(variance + eps) * weight + bias for each row x[D]; the variance is biased, from a second pass.
// Bindings: 1 x [rows, D], 2 weight [D], 3 bias [D], 4 y [rows, D]. Sizes in Elements; `inverse` = 1 / D in numbers.
// Launch: LANES threads per row, 64 / LANES rows per workgroup. Variants: VEC4 (D a multiple of 4), LANES 1 or 16.
#import "common/element.wgsl"
#import "common/row_sum.wgsl"
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

@compute @workgroup_size(64)
fn normalise_rows(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let wanted = (group.y * groups.x + group.x) * (64u / LANES) + local / LANES;
  // Surplus threads repeat the last row, as barriers need everyone, and store nothing.
  let base = min(wanted, sizes.rows - 1u) * sizes.width;
  let lane = local % LANES;
  var sum = Element(0.0);
  for (var i = lane; i < sizes.width; i += LANES) {
    sum += x[base + i];
  }
  let mean = row_sum(sum_of(sum), local) * sizes.inverse;
  var squares = Element(0.0);
  for (var i = lane; i < sizes.width; i += LANES) {
    let d = x[base + i] - mean;
    squares = fma(d, d, squares);
  }
  let variance = row_sum(sum_of(squares), local) * sizes.inverse;
  let scale = 1.0 / sqrt(variance + sizes.eps);
  if (wanted < sizes.rows) {
    for (var i = lane; i < sizes.width; i += LANES) {
      y[base + i] = fma((x[base + i] - mean) * scale, weight[i], bias[i]);
    }
  }
}
