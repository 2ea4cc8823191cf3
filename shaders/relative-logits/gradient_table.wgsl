// dTable[r, d] = sum over places i and keys j with index(i, j) = r, and over chunks, of parts[chunk, i, j, d] of
// `gradient_pairs.wgsl`. For every i at most one j fits, because index falls by at least 1 per key. index is that of
// `forward.wgsl`.
//   1 parts [chunks, size, keys, width]     2 dTable [rows, width]
// Launch: x covers rows * width threads in groups of 64 (spread over x and y).
#import "common/thread.wgsl"
struct Sizes {
  width: u32, rows: u32, chunks: u32, size: u32, keys: u32,
  stepNum: u32, stepDen: u32, startNum: u32, startDen: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> parts: array<f32>;
@group(0) @binding(2) var<storage, read_write> dTable: array<f32>;

@compute @workgroup_size(64)
fn relative_logits_gradient_table(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = linear_thread(group, groups, lane);
  if (thread >= s.rows * s.width) { return; }
  let d = thread % s.width;
  let r = thread / s.width;
  var sum = 0.0;
  for (var i = 0u; i < s.size; i++) {
    let start = i * s.startNum / s.startDen;
    if (r < start) { continue; }
    let back = ((r - start) * s.stepDen + s.stepNum - 1u) / s.stepNum;
    if (back >= s.keys || back * s.stepNum / s.stepDen != r - start) { continue; }
    for (var chunk = 0u; chunk < s.chunks; chunk++) {
      sum += parts[((chunk * s.size + i) * s.keys + s.keys - 1u - back) * s.width + d];
    }
  }
  dTable[thread] = sum;
}
