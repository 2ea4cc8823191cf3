// One axis of dQ[b, h, n, d] = sum over axes and keys j of dOut[b, h, n, offset + j] * table[rowOfPair[i, j], d], where i is
// the query's place on the axis; 0 for CLS. The first axis writes dQ, the others add to it.
//   1 dOut [items, queries, columns]     2 table [rows, width]     3 rowOfPair u32 [size, keys] (`src/ops/relative-rows.ts`)
//   4 dQ [items, queries, width]
// A thread owns 4 channels of 4 queries that have the same place i on the axis, and so the same rows of the table:
// 9 loads for 16 multiply-adds.
// Launch: x covers (size * ceil(others / 4) + cls) * ceil(width / 4) threads in groups of 64, others = queries on the
// grid / size; y is batch * heads.
struct Sizes {
  width: u32, queries: u32, cls: u32, columns: u32,
  inner: u32, size: u32, keys: u32, offset: u32,
  first: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> dOut: array<f32>;
@group(0) @binding(2) var<storage, read_write> table: array<f32>;
@group(0) @binding(3) var<storage, read_write> rowOfPair: array<u32>;
@group(0) @binding(4) var<storage, read_write> dQ: array<f32>;

@compute @workgroup_size(64)
fn relative_logits_gradient_query(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  let channelTiles = (s.width + 3u) / 4u;
  let d = thread % channelTiles * 4u;
  let tile = thread / channelTiles;
  let others = (s.queries - s.cls) / s.size;
  let otherTiles = (others + 3u) / 4u;
  let i = tile / otherTiles;
  if (i >= s.size) {
    if (s.first == 1u && s.cls == 1u && tile == s.size * otherTiles) {
      for (var c = d; c < min(d + 4u, s.width); c++) { dQ[group.y * s.queries * s.width + c] = 0.0; }
    }
    return;
  }
  let m = tile % otherTiles * 4u;
  let places = min(vec4u(m, m + 1u, m + 2u, m + 3u), vec4u(others - 1u));
  let rows = group.y * s.queries + s.cls + (places / s.inner * s.size + i) * s.inner + places % s.inner;
  let channels = min(vec4u(d, d + 1u, d + 2u, d + 3u), vec4u(s.width - 1u));
  var sum = mat4x4f();
  for (var j = 0u; j < s.keys; j++) {
    let at = rows * s.columns + s.offset + j;
    let row = rowOfPair[i * s.keys + j];
    let entries = row * s.width + channels;
    let values = vec4f(table[entries.x], table[entries.y], table[entries.z], table[entries.w]);
    sum[0] += dOut[at.x] * values;
    sum[1] += dOut[at.y] * values;
    sum[2] += dOut[at.z] * values;
    sum[3] += dOut[at.w] * values;
  }
  for (var n = 0u; n < min(4u, others - m); n++) {
    for (var c = 0u; c < min(4u, s.width - d); c++) {
      let to = rows[n] * s.width + d + c;
      var value = sum[n][c];
      if (s.first == 0u) { value += dQ[to]; }
      dQ[to] = value;
    }
  }
}
