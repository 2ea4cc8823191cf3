// What all queries at one place of an axis add to a table, by key place: parts[chunk, i, j, d] = sum over the items (b, h)
// of the chunk and the queries n at place i of dOut[item, n, offset + j] * q[item, n, d].
//   1 dOut [items, queries, columns]     2 q [items, queries, width]     3 parts [chunks, size, keys, width]
// A thread owns 4 key places and 4 channels: 8 loads for 16 multiply-adds.
// Launch: x covers size * ceil(keys / 4) * ceil(width / 4) threads in groups of 64, y is the chunk.
struct Sizes {
  width: u32, queries: u32, cls: u32, columns: u32,
  inner: u32, size: u32, keys: u32, offset: u32,
  items: u32, itemsPerChunk: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> dOut: array<f32>;
@group(0) @binding(2) var<storage, read_write> q: array<f32>;
@group(0) @binding(3) var<storage, read_write> parts: array<f32>;

@compute @workgroup_size(64)
fn relative_logits_gradient_pairs(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  let channelTiles = (s.width + 3u) / 4u;
  let keyTiles = (s.keys + 3u) / 4u;
  let d = thread % channelTiles * 4u;
  let j = thread / channelTiles % keyTiles * 4u;
  let i = thread / (channelTiles * keyTiles);
  if (i >= s.size) { return; }
  let channels = min(vec4u(d, d + 1u, d + 2u, d + 3u), vec4u(s.width - 1u));
  let columns = s.offset + min(vec4u(j, j + 1u, j + 2u, j + 3u), vec4u(s.keys - 1u));
  let outer = (s.queries - s.cls) / (s.inner * s.size);
  let until = min(s.items, (group.y + 1u) * s.itemsPerChunk);
  var sum = mat4x4f();
  for (var item = group.y * s.itemsPerChunk; item < until; item++) {
    for (var o = 0u; o < outer; o++) {
      let first = item * s.queries + s.cls + (o * s.size + i) * s.inner;
      for (var n = first; n < first + s.inner; n++) {
        let at = n * s.columns + columns;
        let entries = n * s.width + channels;
        let values = vec4f(q[entries.x], q[entries.y], q[entries.z], q[entries.w]);
        sum[0] += dOut[at.x] * values;
        sum[1] += dOut[at.y] * values;
        sum[2] += dOut[at.z] * values;
        sum[3] += dOut[at.w] * values;
      }
    }
  }
  let to = ((group.y * s.size + i) * s.keys + j) * s.width + d;
  for (var n = 0u; n < min(4u, s.keys - j); n++) {
    for (var c = 0u; c < min(4u, s.width - d); c++) { parts[to + n * s.width + c] = sum[n][c]; }
  }
}
