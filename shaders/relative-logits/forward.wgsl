// One axis of the relative-position logits: out[b, h, n, offset + j] = q[b, h, n] . table[rowOfPair[i, j]], where i is the
// query's place on the axis; 0 for CLS.
//   1 q [items, queries, width]     2 table [rows, width]     3 rowOfPair u32 [size, keys] (`src/ops/relative-rows.ts`)
//   4 out [items, queries, columns]
// A thread computes 4 columns of one query.
// Launch: x covers queries * ceil(keys / 4) threads in groups of 64, y is batch * heads.
// Variants: VECTOR needs width to be a multiple of 4.
struct Sizes {
  width: u32, queries: u32, cls: u32, columns: u32,
  inner: u32, size: u32, keys: u32, offset: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
#if VECTOR
@group(0) @binding(1) var<storage, read_write> q: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> table: array<vec4f>;
#else
@group(0) @binding(1) var<storage, read_write> q: array<f32>;
@group(0) @binding(2) var<storage, read_write> table: array<f32>;
#endif
@group(0) @binding(3) var<storage, read_write> rowOfPair: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn relative_logits(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  let tiles = (s.keys + 3u) / 4u;
  let n = thread / tiles;
  if (n >= s.queries) { return; }
  let j = thread % tiles * 4u;
  let query = group.y * s.queries + n;
  var sum = vec4f();
  if (n >= s.cls) {
    let i = (n - s.cls) / s.inner % s.size;
    let pairs = i * s.keys + min(vec4u(j, j + 1u, j + 2u, j + 3u), vec4u(s.keys - 1u));
    let rows = vec4u(rowOfPair[pairs.x], rowOfPair[pairs.y], rowOfPair[pairs.z], rowOfPair[pairs.w]);
#if VECTOR
    let blocks = s.width / 4u;
    let at = rows * blocks;
    for (var c = 0u; c < blocks; c++) {
      let channels = q[query * blocks + c];
      sum += channels * mat4x4f(table[at.x + c], table[at.y + c], table[at.z + c], table[at.w + c]);
    }
#else
    let at = rows * s.width;
    for (var d = 0u; d < s.width; d++) {
      sum += q[query * s.width + d] * vec4f(table[at.x + d], table[at.y + d], table[at.z + d], table[at.w + d]);
    }
#endif
  }
  for (var c = 0u; c < 4u; c++) {
    if (j + c < s.keys) { out[query * s.columns + s.offset + j + c] = sum[c]; }
  }
}
