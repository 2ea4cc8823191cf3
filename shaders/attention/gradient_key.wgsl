// Gradients of attention by key, over one chunk of the queries, with the weights p = exp(score - logSumExp) computed again:
// dV[key] = sum over n of p dO[n],  dK[key] = scale sum over n of p (dO[n] . v[key] - delta[n]) q[n].
// With several chunks `matmul/sum_parts.wgsl` adds them up.
//   1 q [items, queries, width]     2 k, 3 v [items, keys, width]     4 P [items, queries, columns]     5 dO like q
//   6 stats [items, queries, 2] of `row_statistics.wgsl`              7 dK, 8 dV [chunks, items, keys, width]
// A thread owns 4 keys and takes 4 queries per step, in order; tiles are mat4x4, columns queries, rows keys.
// Launch: x covers items * ceil(keys / 4) threads in groups of 64 (spread over x and y), z is the chunk.
// Variants: VECTOR needs width to be a multiple of 4. BLOCKS = ceil(width / 4).
#import "common/attention_inputs.wgsl"
#import "common/exp.wgsl"
#import "common/thread.wgsl"
@group(0) @binding(6) var<storage, read_write> stats: array<vec2f>;
#if VECTOR
@group(0) @binding(5) var<storage, read_write> dO: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dK: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> dV: array<vec4f>;
fn d_o_at(row: u32, block: u32) -> vec4f { return dO[row * BLOCKS + block]; }
fn store(row: u32, block: u32, valueK: vec4f, valueV: vec4f) {
  dK[row * BLOCKS + block] = valueK;
  dV[row * BLOCKS + block] = valueV;
}
#else
@group(0) @binding(5) var<storage, read_write> dO: array<f32>;
@group(0) @binding(7) var<storage, read_write> dK: array<f32>;
@group(0) @binding(8) var<storage, read_write> dV: array<f32>;
fn d_o_at(row: u32, block: u32) -> vec4f {
  let i = row * s.width + 4u * block;
  return select(vec4f(), vec4f(dO[i], dO[i + 1u], dO[i + 2u], dO[i + 3u]), present(block));
}
fn store(row: u32, block: u32, valueK: vec4f, valueV: vec4f) {
  for (var c = 0u; c < 4u; c++) {
    if (4u * block + c < s.width) {
      dK[row * s.width + 4u * block + c] = valueK[c];
      dV[row * s.width + 4u * block + c] = valueV[c];
    }
  }
}
#endif

// Weights of 4 keys for one query; none for a query past the end of the chunk.
fn weights_of(scores: vec4f, bias: vec4f, log: f32, exists: bool) -> vec4f {
  return select(vec4f(), exact_exp(s.scale * scores + bias - log), vec4<bool>(exists));
}

// Bias of 4 keys for one query.
fn bias_of(row: u32, place: u32, h: vec4u, w: vec4u, t: vec4u, taken: vec4<bool>) -> vec4f {
  if (place < s.cls) { return vec4f(); }
  let base = row * s.columns;
  var bias = vec4f(P[base + h.x], P[base + h.y], P[base + h.z], P[base + h.w])
    + vec4f(P[base + w.x], P[base + w.y], P[base + w.z], P[base + w.w]);
  if (s.temporal == 1u) { bias += vec4f(P[base + t.x], P[base + t.y], P[base + t.z], P[base + t.w]); }
  return select(vec4f(), bias, taken);
}

@compute @workgroup_size(64)
fn attention_gradient_key(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = linear_thread(group, groups, lane);
  let tiles = (s.keys + 3u) / 4u;
  let item = tile / tiles;
  if (item >= s.items) { return; }
  let first = tile % tiles * 4u;
  let places = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(s.keys - 1u));
  let keys = item * s.keys + places;
  let taken = places >= vec4u(s.cls);
  let cells = max(places, vec4u(s.cls)) - s.cls;
  // Columns of P.
  let w = s.kh + cells % s.kw;
  let h = cells / s.kw % s.kh;
  let t = s.kh + s.kw + cells / (s.kw * s.kh);

  var keyTile: array<mat4x4f, BLOCKS>;
  var valueTile: array<mat4x4f, BLOCKS>;
  var sumK: array<mat4x4f, BLOCKS>;
  var sumV: array<mat4x4f, BLOCKS>;
  for (var c = 0u; c < BLOCKS; c++) {
    keyTile[c] = transpose(mat4x4f(k_at(keys.x, c), k_at(keys.y, c), k_at(keys.z, c), k_at(keys.w, c)));
    valueTile[c] = transpose(mat4x4f(v_at(keys.x, c), v_at(keys.y, c), v_at(keys.z, c), v_at(keys.w, c)));
    sumK[c] = mat4x4f();
    sumV[c] = mat4x4f();
  }
  let until = min(s.queries, (group.z + 1u) * s.queriesPerChunk);
  for (var n = group.z * s.queriesPerChunk; n < until; n += 4u) {
    let queries = min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(until - 1u));
    let rows = item * s.queries + queries;
    var scores = mat4x4f();
    var products = mat4x4f();
    for (var c = 0u; c < BLOCKS; c++) {
      scores += keyTile[c] * mat4x4f(q_at(rows.x, c), q_at(rows.y, c), q_at(rows.z, c), q_at(rows.w, c));
      products += valueTile[c] * mat4x4f(d_o_at(rows.x, c), d_o_at(rows.y, c), d_o_at(rows.z, c), d_o_at(rows.w, c));
    }
    let stats0 = stats[rows.x]; let stats1 = stats[rows.y]; let stats2 = stats[rows.z]; let stats3 = stats[rows.w];
    let p0 = weights_of(scores[0], bias_of(rows.x, queries.x, h, w, t, taken), stats0.x, true);
    let p1 = weights_of(scores[1], bias_of(rows.y, queries.y, h, w, t, taken), stats1.x, n + 1u < until);
    let p2 = weights_of(scores[2], bias_of(rows.z, queries.z, h, w, t, taken), stats2.x, n + 2u < until);
    let p3 = weights_of(scores[3], bias_of(rows.w, queries.w, h, w, t, taken), stats3.x, n + 3u < until);
    let weights = mat4x4f(p0, p1, p2, p3);
    let dScores = mat4x4f(
      p0 * (products[0] - stats0.y), p1 * (products[1] - stats1.y),
      p2 * (products[2] - stats2.y), p3 * (products[3] - stats3.y));
    for (var c = 0u; c < BLOCKS; c++) {
      sumK[c] += dScores * transpose(mat4x4f(q_at(rows.x, c), q_at(rows.y, c), q_at(rows.z, c), q_at(rows.w, c)));
      sumV[c] += weights * transpose(mat4x4f(d_o_at(rows.x, c), d_o_at(rows.y, c), d_o_at(rows.z, c), d_o_at(rows.w, c)));
    }
  }
  let out = group.z * s.items * s.keys + item * s.keys + first;
  for (var c = 0u; c < BLOCKS; c++) {
    let resultK = s.scale * transpose(sumK[c]);
    let resultV = transpose(sumV[c]);
    store(out, c, resultK[0], resultV[0]);
    if (first + 1u < s.keys) { store(out + 1u, c, resultK[1], resultV[1]); }
    if (first + 2u < s.keys) { store(out + 2u, c, resultK[2], resultV[2]); }
    if (first + 3u < s.keys) { store(out + 3u, c, resultK[3], resultV[3]); }
  }
}
