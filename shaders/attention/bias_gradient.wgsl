// dP[item, n, column] = sum of dScores[item, n, key] over the keys whose bias comes from that column: key_h for column key_h,
// key_w for kh + key_w, key_t for kh + kw + key_t. None when the query or the key is CLS.
//   1 dScores [items, queries, keys]     2 dP [items, queries, columns]
// Launch: x covers items * queries threads in groups of 64, y is the column (so that neighbours loop alike).
struct Sizes { rows: u32, queries: u32, keys: u32, cls: u32, kt: u32, kh: u32, kw: u32, columns: u32 }
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> dScores: array<f32>;
@group(0) @binding(2) var<storage, read_write> dP: array<f32>;

@compute @workgroup_size(64)
fn attention_bias_gradient(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x * 64u + lane;
  if (row >= s.rows) { return; }
  let column = group.y;
  // The keys of a column: `count` neighbours `step` apart, `repeats` times, kh kw apart.
  var start = column * s.kw;
  var count = s.kw;
  var step = 1u;
  var repeats = s.kt;
  if (column >= s.kh) {
    start = column - s.kh;
    count = s.kh;
    step = s.kw;
  }
  if (column >= s.kh + s.kw) {
    start = (column - s.kh - s.kw) * s.kh * s.kw;
    count = s.kh * s.kw;
    step = 1u;
    repeats = 1u;
  }
  let first = row * s.keys + s.cls + start;
  var sums = vec4f();
  for (var r = 0u; r < repeats; r++) {
    for (var i = 0u; i < count; i += 4u) {
      let wanted = vec4u(i, i + 1u, i + 2u, i + 3u);
      let at = first + r * s.kh * s.kw + min(wanted, vec4u(count - 1u)) * step;
      let values = vec4f(dScores[at.x], dScores[at.y], dScores[at.z], dScores[at.w]);
      sums += select(vec4f(), values, wanted < vec4u(count));
    }
  }
  let sum = (sums.x + sums.y) + (sums.z + sums.w);
  dP[row * s.columns + column] = select(0.0, sum, row % s.queries >= s.cls);
}
