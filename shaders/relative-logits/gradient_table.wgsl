// dTable[r, d] = sum over the pairs (i, j) of places that read row r, and over chunks, of parts[chunk, i, j, d] of
// `gradient_pairs.wgsl`.
//   1 parts [chunks, pairs, width]     2 pairsOfRow u32 [rows + 1 + pairs] (`src/ops/relative-rows.ts`)
//   3 dTable [rows, width]
// Launch: x covers rows * width threads in groups of 64 (spread over x and y).
#import "common/thread.wgsl"
struct Sizes { width: u32, rows: u32, chunks: u32, pairs: u32 }
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> parts: array<f32>;
@group(0) @binding(2) var<storage, read_write> pairsOfRow: array<u32>;
@group(0) @binding(3) var<storage, read_write> dTable: array<f32>;

@compute @workgroup_size(64)
fn relative_logits_gradient_table(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = linear_thread(group, groups, lane);
  if (thread >= s.rows * s.width) { return; }
  let d = thread % s.width;
  let r = thread / s.width;
  let end = pairsOfRow[r + 1u];
  var sum = 0.0;
  for (var n = pairsOfRow[r]; n < end; n++) {
    let pair = pairsOfRow[s.rows + 1u + n];
    for (var chunk = 0u; chunk < s.chunks; chunk++) { sum += parts[(chunk * s.pairs + pair) * s.width + d]; }
  }
  dTable[thread] = sum;
}
