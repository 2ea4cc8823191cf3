// dx = (dy - xhat (xhat . dy)) / |x| with xhat = x / |x| where |x| > eps, else dy / eps.
// Bindings: 1 x [rows, D], 2 dy [rows, D], 3 dx [rows, D]. Launch and variants: as forward.wgsl.
#import "common/element.wgsl"
#import "common/row_sum.wgsl"
struct Sizes {
  rows: u32,
  width: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> dy: array<Element>;
@group(0) @binding(3) var<storage, read_write> dx: array<Element>;

@compute @workgroup_size(64)
fn l2_normalise_gradient(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let wanted = (group.y * groups.x + group.x) * (64u / LANES) + local / LANES;
  let base = min(wanted, sizes.rows - 1u) * sizes.width;
  let lane = local % LANES;
  var squares = Element(0.0);
  var product = Element(0.0);
  for (var i = lane; i < sizes.width; i += LANES) {
    squares = fma(x[base + i], x[base + i], squares);
    product = fma(x[base + i], dy[base + i], product);
  }
  let norm = sqrt(row_sum(sum_of(squares), local));
  let scale = 1.0 / max(norm, sizes.eps);
  let along = row_sum(sum_of(product), local) * scale * scale;
  let projected = select(0.0, along, norm > sizes.eps);
  if (wanted < sizes.rows) {
    for (var i = lane; i < sizes.width; i += LANES) {
      dx[base + i] = (dy[base + i] - x[base + i] * projected) * scale;
    }
  }
}
