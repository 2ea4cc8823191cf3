// y = x / max(|x|, eps) for each row.
// Bindings: 1 x [rows, D], 2 y [rows, D]. Sizes in Elements. Launch: LANES threads per row, 64 / LANES rows per
// workgroup. Variants: VEC4 (D a multiple of 4), LANES 1 or 16.
#import "common/element.wgsl"
#import "common/row_sum.wgsl"
struct Sizes {
  rows: u32,
  width: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> y: array<Element>;

@compute @workgroup_size(64)
fn l2_normalise_rows(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let wanted = (group.y * groups.x + group.x) * (64u / LANES) + local / LANES;
  // Surplus threads repeat the last row, as barriers need everyone, and store nothing.
  let base = min(wanted, sizes.rows - 1u) * sizes.width;
  let lane = local % LANES;
  var squares = Element(0.0);
  for (var i = lane; i < sizes.width; i += LANES) {
    squares = fma(x[base + i], x[base + i], squares);
  }
  let scale = 1.0 / max(sqrt(row_sum(sum_of(squares), local)), sizes.eps);
  if (wanted < sizes.rows) {
    for (var i = lane; i < sizes.width; i += LANES) {
      y[base + i] = x[base + i] * scale;
    }
  }
}
