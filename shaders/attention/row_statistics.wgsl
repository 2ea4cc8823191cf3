// What both gradient kernels need of a query: stats[n] = (logSumExp[n], sum over d of dO[n, d] * o[n, d]).
//   1 dO [rows, width]     2 o, likewise     3 logSumExp [rows]     4 stats [rows, 2]
// Launch: x covers `rows` threads in groups of 64 (spread over x and y).
#import "common/thread.wgsl"
struct Sizes { rows: u32, width: u32 }
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> dO: array<f32>;
@group(0) @binding(2) var<storage, read_write> o: array<f32>;
@group(0) @binding(3) var<storage, read_write> logSumExp: array<f32>;
@group(0) @binding(4) var<storage, read_write> stats: array<vec2f>;

@compute @workgroup_size(64)
fn row_statistics(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = linear_thread(group, groups, lane);
  if (row >= s.rows) { return; }
  var delta = 0.0;
  for (var i = row * s.width; i < (row + 1u) * s.width; i++) { delta += dO[i] * o[i]; }
  stats[row] = vec2f(logSumExp[row], delta);
}
