// parts[chunk, r, d] = sum over the items (b, h) of the chunk and all queries n, keys j with index(i(n), j) = r of
// dOut[item, n, offset + j] * q[item, n, d]. For every (i, r) at most one j fits, because index falls by at least 1
// per key. index is that of `forward.wgsl`; `matmul/sum_parts.wgsl` adds the chunks up.
//   1 dOut [items, queries, columns]     2 q [items, queries, width]     3 parts [chunks, rows, width]
// A thread owns one (r, d).
// Launch: x covers rows * width threads in groups of 64, y is the chunk.
struct Sizes {
  width: u32, queries: u32, cls: u32, columns: u32,
  inner: u32, size: u32, keys: u32, offset: u32,
  stepNum: u32, stepDen: u32, startNum: u32, startDen: u32,
  rows: u32, items: u32, itemsPerChunk: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> dOut: array<f32>;
@group(0) @binding(2) var<storage, read_write> q: array<f32>;
@group(0) @binding(3) var<storage, read_write> parts: array<f32>;

@compute @workgroup_size(64)
fn relative_logits_gradient_table(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  if (thread >= s.rows * s.width) { return; }
  let d = thread % s.width;
  let r = thread / s.width;
  let outer = (s.queries - s.cls) / (s.inner * s.size);
  let firstItem = group.y * s.itemsPerChunk;
  let until = min(s.items, firstItem + s.itemsPerChunk);
  var sum = 0.0;
  for (var i = 0u; i < s.size; i++) {
    let start = i * s.startNum / s.startDen;
    if (r < start) { continue; }
    let back = ((r - start) * s.stepDen + s.stepNum - 1u) / s.stepNum;
    if (back >= s.keys || back * s.stepNum / s.stepDen != r - start) { continue; }
    let column = s.offset + s.keys - 1u - back;
    for (var item = firstItem; item < until; item++) {
      for (var o = 0u; o < outer; o++) {
        let first = item * s.queries + s.cls + (o * s.size + i) * s.inner;
        for (var n = first; n < first + s.inner; n++) {
          sum += dOut[n * s.columns + column] * q[n * s.width + d];
        }
      }
    }
  }
  parts[group.y * s.rows * s.width + thread] = sum;
}
