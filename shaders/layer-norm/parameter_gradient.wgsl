// First stage of dweight = sum over rows of dy * xhat and dbias = sum over rows of dy: sums over chunks of rows. The
// second stage is reduce/sum_rows.wgsl over the chunks.
// Bindings: 1 x [rows, D], 2 dy [rows, D], 3 statistics [rows] of (mean, scale), 4 dweight [chunks, D],
// 5 dbias [chunks, D]. Sizes in Elements. Launch: a thread per chunk and column. Variants: VEC4 (D a multiple of 4).
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  rows: u32,
  width: u32,
  chunk: u32,
  chunks: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> dy: array<Element>;
@group(0) @binding(3) var<storage, read_write> statistics: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> weight_parts: array<Element>;
@group(0) @binding(5) var<storage, read_write> bias_parts: array<Element>;

@compute @workgroup_size(64)
fn sum_parameter_gradients(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let thread = linear_thread(group, groups, local);
  if (thread >= sizes.chunks * sizes.width) {
    return;
  }
  let column = thread % sizes.width;
  let first = thread / sizes.width * sizes.chunk;
  let end = min(first + sizes.chunk, sizes.rows);
  var weight_sum = Element(0.0);
  var bias_sum = Element(0.0);
  for (var row = first; row < end; row++) {
    let at = row * sizes.width + column;
    let g = dy[at];
    let row_statistics = statistics[row];
    weight_sum = fma(g, (x[at] - row_statistics.x) * row_statistics.y, weight_sum);
    bias_sum += g;
  }
  weight_parts[thread] = weight_sum;
  bias_parts[thread] = bias_sum;
}
