// Sums of stretches of rows: parts[b, p, j] = sum over the rows of stretch p of x[b, row, j]. Bias gradients.
//   1 x [batch, rows, columns]     2 parts [splits, batch, columns]
// Launch: x covers `columns` threads in groups of 64, y is the stretch, z the batch.
struct Sizes { rows: u32, columns: u32, chunk: u32, batch: u32 }
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;

@compute @workgroup_size(64)
fn sum_rows(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = group.x * 64u + lane;
  if (column >= s.columns) { return; }
  let start = group.y * s.chunk;
  let end = min(start + s.chunk, s.rows);
  var sum = 0.0;
  for (var row = start; row < end; row++) { sum += x[(group.z * s.rows + row) * s.columns + column]; }
  parts[(group.y * s.batch + group.z) * s.columns + column] = sum;
}
