// o[b, h, n] = sum over keys of softmax(scale q[n] . k[key] + bias(n, key)) v[key], with an online softmax, so that the
// attention matrix never exists. bias(n, key) = P[n, key_h] + P[n, kh + key_w] (+ P[n, kh + kw + key_t] when temporal);
// 0 when n or key is CLS.
//   1 q [items, queries, width]     2 k, 3 v [items, keys, width]     4 P [items, queries, columns]
//   5 o like q                      6 logSumExp [items, queries]      (items = batch * heads)
// A thread owns 4 queries and takes 4 keys per step: a tile of scores is a mat4x4, columns keys, rows queries.
// Launch: x covers items * ceil(queries / 4) threads in groups of 64 (spread over x and y).
// Variants: VECTOR needs width to be a multiple of 4. BLOCKS = ceil(width / 4).
#import "common/attention_inputs.wgsl"
#import "common/exp.wgsl"
#import "common/key_bias.wgsl"
#import "common/log.wgsl"
#import "common/thread.wgsl"
@group(0) @binding(6) var<storage, read_write> logSumExp: array<f32>;
#if VECTOR
@group(0) @binding(5) var<storage, read_write> o: array<vec4f>;
fn store_o(row: u32, block: u32, value: vec4f) { o[row * BLOCKS + block] = value; }
#else
@group(0) @binding(5) var<storage, read_write> o: array<f32>;
fn store_o(row: u32, block: u32, value: vec4f) {
  for (var c = 0u; c < 4u; c++) {
    if (4u * block + c < s.width) { o[row * s.width + 4u * block + c] = value[c]; }
  }
}
#endif

@compute @workgroup_size(64)
fn attend(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = linear_thread(group, groups, lane);
  let tiles = (s.queries + 3u) / 4u;
  let item = tile / tiles;
  if (item >= s.items) { return; }
  let first = tile % tiles * 4u;
  let places = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(s.queries - 1u));
  let rows = item * s.queries + places;
  start_bias(rows, places);

  var query: array<mat4x4f, BLOCKS>;
  var sum: array<mat4x4f, BLOCKS>;
  for (var c = 0u; c < BLOCKS; c++) {
    query[c] = s.scale * transpose(mat4x4f(q_at(rows.x, c), q_at(rows.y, c), q_at(rows.z, c), q_at(rows.w, c)));
    sum[c] = mat4x4f();
  }
  var largest = vec4f(-1e30);
  var total = vec4f();
  let last = s.keys - 1u;
  for (var key = 0u; key < s.keys; key += 4u) {
    let keys = item * s.keys + min(vec4u(key, key + 1u, key + 2u, key + 3u), vec4u(last));
    var scores = mat4x4f();
    for (var c = 0u; c < BLOCKS; c++) {
      scores += query[c] * mat4x4f(k_at(keys.x, c), k_at(keys.y, c), k_at(keys.z, c), k_at(keys.w, c));
    }
    // A key past the end scores so low that it weighs nothing.
    let a0 = scores[0] + next_bias(key);
    let a1 = select(vec4f(-1e30), scores[1] + next_bias(key + 1u), key + 1u <= last);
    let a2 = select(vec4f(-1e30), scores[2] + next_bias(key + 2u), key + 2u <= last);
    let a3 = select(vec4f(-1e30), scores[3] + next_bias(key + 3u), key + 3u <= last);
    let peak = max(largest, max(max(a0, a1), max(a2, a3)));
    if (any(peak > largest)) {
      let shrink = exact_exp(max(largest - peak, vec4f(-100.0)));
      total *= shrink;
      for (var c = 0u; c < BLOCKS; c++) {
        let m = sum[c];
        sum[c] = mat4x4f(m[0] * shrink, m[1] * shrink, m[2] * shrink, m[3] * shrink);
      }
      largest = peak;
    }
    let p0 = exact_exp(max(a0 - peak, vec4f(-100.0)));
    let p1 = exact_exp(max(a1 - peak, vec4f(-100.0)));
    let p2 = exact_exp(max(a2 - peak, vec4f(-100.0)));
    let p3 = exact_exp(max(a3 - peak, vec4f(-100.0)));
    total += (p0 + p1) + (p2 + p3);
    let weights = mat4x4f(p0, p1, p2, p3);
    for (var c = 0u; c < BLOCKS; c++) {
      sum[c] += weights * transpose(mat4x4f(v_at(keys.x, c), v_at(keys.y, c), v_at(keys.z, c), v_at(keys.w, c)));
    }
  }
  for (var c = 0u; c < BLOCKS; c++) {
    let result = transpose(sum[c]);
    store_o(rows.x, c, result[0] / total.x);
    if (first + 1u < s.queries) { store_o(rows.y, c, result[1] / total.y); }
    if (first + 2u < s.queries) { store_o(rows.z, c, result[2] / total.z); }
    if (first + 3u < s.queries) { store_o(rows.w, c, result[3] / total.w); }
  }
  for (var i = 0u; i < min(4u, s.queries - first); i++) {
    logSumExp[rows.x + i] = largest[i] + exact_log(total[i]);
  }
}
