// With xhat = (x - mean) * scale, scale = 1 / sqrt(variance + eps) and g = dy * weight, for each row:
// dx = scale * (g - mean(g) - xhat * mean(g * xhat)). Mean and scale are kept for the gradient of weight and bias.
// Bindings: 1 x [rows, D], 2 weight [D], 3 dy [rows, D], 4 dx [rows, D], 5 statistics [rows] of (mean, scale).
// Launch and variants: as forward.wgsl.
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
@group(0) @binding(3) var<storage, read_write> dy: array<Element>;
@group(0) @binding(4) var<storage, read_write> dx: array<Element>;
@group(0) @binding(5) var<storage, read_write> statistics: array<vec2f>;

@compute @workgroup_size(64)
fn row_gradient(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let wanted = (group.y * groups.x + group.x) * (64u / LANES) + local / LANES;
  let row = min(wanted, sizes.rows - 1u);
  let base = row * sizes.width;
  let lane = local % LANES;
  var sum = Element(0.0);
  for (var i = lane; i < sizes.width; i += LANES) {
    sum += x[base + i];
  }
  let mean = row_sum(sum_of(sum), local) * sizes.inverse;
  // One pass gives the variance and both sums of g: xhat is a fixed multiple of x - mean.
  var squares = Element(0.0);
  var g_sum = Element(0.0);
  var product = Element(0.0);
  for (var i = lane; i < sizes.width; i += LANES) {
    let d = x[base + i] - mean;
    let g = dy[base + i] * weight[i];
    squares = fma(d, d, squares);
    g_sum += g;
    product = fma(g, d, product);
  }
  let variance = row_sum(sum_of(squares), local) * sizes.inverse;
  let scale = 1.0 / sqrt(variance + sizes.eps);
  let g_mean = row_sum(sum_of(g_sum), local) * sizes.inverse;
  let slope = row_sum(sum_of(product), local) * sizes.inverse * scale;
  if (wanted < sizes.rows) {
    for (var i = lane; i < sizes.width; i += LANES) {
      let normalised = (x[base + i] - mean) * scale;
      let g = dy[base + i] * weight[i];
      dx[base + i] = scale * (g - g_mean - normalised * slope);
    }
    if (lane == 0u) {
      statistics[row] = vec2f(mean, scale);
    }
  }
}
