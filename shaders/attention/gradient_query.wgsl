// Gradients of attention by query, with the weights p = exp(score - logSumExp) computed again:
// dScore[n, key] = p (dO[n] . v[key] - delta[n]),  dQ[n] = scale sum over keys of dScore k[key],
// dP[n, column] = sum of dScore over the keys whose bias comes from that column (none for CLS).
//   1 q [items, queries, width]     2 k, 3 v [items, keys, width]     4 P [items, queries, columns]     5 dO like q
//   6 stats [items, queries, 2] of `row_statistics.wgsl`              7 dQ like q                       8 dP like P
// A thread owns 4 queries and takes 4 keys per step, in order; tiles are mat4x4, columns keys, rows queries.
// Launch: x covers items * ceil(queries / 4) threads in groups of 64 (spread over x and y).
// Variants: VECTOR needs width to be a multiple of 4. BLOCKS = ceil(width / 4).
#import "common/attention_inputs.wgsl"
#import "common/exp.wgsl"
#import "common/key_bias.wgsl"
#import "common/thread.wgsl"
@group(0) @binding(6) var<storage, read_write> stats: array<vec2f>;
@group(0) @binding(8) var<storage, read_write> dP: array<f32>;
#if VECTOR
@group(0) @binding(5) var<storage, read_write> dO: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dQ: array<vec4f>;
fn d_o_at(row: u32, block: u32) -> vec4f { return dO[row * BLOCKS + block]; }
fn store_d_q(row: u32, block: u32, value: vec4f) { dQ[row * BLOCKS + block] = value; }
#else
@group(0) @binding(5) var<storage, read_write> dO: array<f32>;
@group(0) @binding(7) var<storage, read_write> dQ: array<f32>;
fn d_o_at(row: u32, block: u32) -> vec4f {
  let i = row * s.width + 4u * block;
  return select(vec4f(), vec4f(dO[i], dO[i + 1u], dO[i + 2u], dO[i + 3u]), present(block));
}
fn store_d_q(row: u32, block: u32, value: vec4f) {
  for (var c = 0u; c < 4u; c++) {
    if (4u * block + c < s.width) { dQ[row * s.width + 4u * block + c] = value[c]; }
  }
}
#endif

var<private> sumPlace: KeyPlace;
var<private> sumOfH: vec4f;
var<private> sumOfT: vec4f;
var<private> countOfRows: u32;

// Adds to a column of dP for those of the 4 queries that exist.
fn add_to_column(column: u32, value: vec4f) {
  for (var i = 0u; i < countOfRows; i++) { dP[biasRows.x + i * s.columns + column] += value[i]; }
}

// To be called with key = 0, 1, 2, ... up to the last one.
fn add_bias_gradient(key: u32, gradient: vec4f) {
  if (key < s.cls || key >= s.keys) { return; }
  let taken = select(vec4f(), gradient, biasTaken);
  add_to_column(s.kh + sumPlace.w, taken);
  sumOfH += taken;
  let next = next_place(sumPlace);
  if (next.w == 0u) {
    add_to_column(sumPlace.h, sumOfH);
    sumOfT += sumOfH;
    sumOfH = vec4f();
    if (next.h == 0u) {
      if (s.temporal == 1u) { add_to_column(s.kh + s.kw + sumPlace.t, sumOfT); }
      sumOfT = vec4f();
    }
  }
  sumPlace = next;
}

@compute @workgroup_size(64)
fn attention_gradient_query(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = linear_thread(group, groups, lane);
  let tiles = (s.queries + 3u) / 4u;
  let item = tile / tiles;
  if (item >= s.items) { return; }
  let first = tile % tiles * 4u;
  let places = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(s.queries - 1u));
  let rows = item * s.queries + places;
  start_bias(rows, places);
  countOfRows = min(4u, s.queries - first);
  for (var i = 0u; i < countOfRows * s.columns; i++) { dP[biasRows.x + i] = 0.0; }

  let stats0 = stats[rows.x]; let stats1 = stats[rows.y]; let stats2 = stats[rows.z]; let stats3 = stats[rows.w];
  let logs = vec4f(stats0.x, stats1.x, stats2.x, stats3.x);
  let deltas = vec4f(stats0.y, stats1.y, stats2.y, stats3.y);
  var query: array<mat4x4f, BLOCKS>;
  var cotangent: array<mat4x4f, BLOCKS>;
  var sum: array<mat4x4f, BLOCKS>;
  for (var c = 0u; c < BLOCKS; c++) {
    query[c] = s.scale * transpose(mat4x4f(q_at(rows.x, c), q_at(rows.y, c), q_at(rows.z, c), q_at(rows.w, c)));
    cotangent[c] = transpose(mat4x4f(d_o_at(rows.x, c), d_o_at(rows.y, c), d_o_at(rows.z, c), d_o_at(rows.w, c)));
    sum[c] = mat4x4f();
  }
  let last = s.keys - 1u;
  for (var key = 0u; key < s.keys; key += 4u) {
    let keys = item * s.keys + min(vec4u(key, key + 1u, key + 2u, key + 3u), vec4u(last));
    var scores = mat4x4f();
    var products = mat4x4f();
    for (var c = 0u; c < BLOCKS; c++) {
      scores += query[c] * mat4x4f(k_at(keys.x, c), k_at(keys.y, c), k_at(keys.z, c), k_at(keys.w, c));
      products += cotangent[c] * mat4x4f(v_at(keys.x, c), v_at(keys.y, c), v_at(keys.z, c), v_at(keys.w, c));
    }
    let p0 = exact_exp(scores[0] + next_bias(key) - logs);
    let p1 = select(vec4f(), exact_exp(scores[1] + next_bias(key + 1u) - logs), key + 1u <= last);
    let p2 = select(vec4f(), exact_exp(scores[2] + next_bias(key + 2u) - logs), key + 2u <= last);
    let p3 = select(vec4f(), exact_exp(scores[3] + next_bias(key + 3u) - logs), key + 3u <= last);
    let d0 = p0 * (products[0] - deltas);
    let d1 = p1 * (products[1] - deltas);
    let d2 = p2 * (products[2] - deltas);
    let d3 = p3 * (products[3] - deltas);
    add_bias_gradient(key, d0);
    add_bias_gradient(key + 1u, d1);
    add_bias_gradient(key + 2u, d2);
    add_bias_gradient(key + 3u, d3);
    let dScores = mat4x4f(d0, d1, d2, d3);
    for (var c = 0u; c < BLOCKS; c++) {
      sum[c] += dScores * transpose(mat4x4f(k_at(keys.x, c), k_at(keys.y, c), k_at(keys.z, c), k_at(keys.w, c)));
    }
  }
  for (var c = 0u; c < BLOCKS; c++) {
    let result = s.scale * transpose(sum[c]);
    store_d_q(rows.x, c, result[0]);
    if (first + 1u < s.queries) { store_d_q(rows.y, c, result[1]); }
    if (first + 2u < s.queries) { store_d_q(rows.z, c, result[2]); }
    if (first + 3u < s.queries) { store_d_q(rows.w, c, result[3]); }
  }
}
