// Softmax of every row in place, and logSumExp[row] = log of the sum over the row of exp(x).
//   1 x [rows, width]     2 logSumExp [rows]
// A thread takes a row, four numbers at a time; those past the end repeat the last one and weigh nothing.
// Launch: x covers `rows` threads in groups of 64 (spread over x and y).
#import "common/exp.wgsl"
#import "common/log.wgsl"
#import "common/thread.wgsl"
struct Sizes { rows: u32, width: u32 }
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> logSumExp: array<f32>;

fn four(at: vec4u) -> vec4f { return vec4f(x[at.x], x[at.y], x[at.z], x[at.w]); }
fn store_four(at: vec4u, value: vec4f) {
  x[at.x] = value.x;
  x[at.y] = value.y;
  x[at.z] = value.z;
  x[at.w] = value.w;
}

@compute @workgroup_size(64)
fn softmax_rows(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = linear_thread(group, groups, lane);
  if (row >= s.rows) { return; }
  let first = row * s.width;
  let last = vec4u(first + s.width - 1u);
  var peaks = vec4f(x[first]);
  for (var i = first; i <= last.x; i += 4u) {
    peaks = max(peaks, four(min(vec4u(i, i + 1u, i + 2u, i + 3u), last)));
  }
  let peak = max(max(peaks.x, peaks.y), max(peaks.z, peaks.w));
  var sums = vec4f();
  for (var i = first; i <= last.x; i += 4u) {
    let wanted = vec4u(i, i + 1u, i + 2u, i + 3u);
    let at = min(wanted, last);
    let value = exact_exp(max(four(at) - peak, vec4f(-100.0)));
    store_four(at, value);
    sums += select(vec4f(), value, wanted <= last);
  }
  let sum = (sums.x + sums.y) + (sums.z + sums.w);
  let scale = 1.0 / sum;
  for (var i = first; i <= last.x; i += 4u) {
    let at = min(vec4u(i, i + 1u, i + 2u, i + 3u), last);
    store_four(at, four(at) * scale);
  }
  logSumExp[row] = peak + exact_log(sum);
}
