// o[b, h, n] = sum over keys of softmax(scale q[n] . k[key] + bias(n, key)) v[key], with an online softmax over tiles of 32
// keys, so that the attention matrix never exists in memory. bias(n, key) = P[n, key_h] + P[n, kh + key_w]
// (+ P[n, kh + kw + key_t] when temporal); 0 when n or key is CLS.
//   1 q [items, queries, width]     2 k, 3 v [items, keys, width]      (items = batch * heads)
//   4 o like q                      5 logSumExp [items, queries]       BIAS: 6 P [items, queries, columns]
// A workgroup owns 32 queries of an item; a thread 4 of them and, per step, 4 keys or 4 of every 32 channels.
// Launch: x covers items * ceil(queries / 32) workgroups (spread over x and y).
// Variants: BIAS; VECTOR needs width to be a multiple of 4. CHUNKS = ceil(width / 32).
#import "common/attention_inputs.wgsl"
#import "common/attention_tiles.wgsl"
#import "common/exp.wgsl"
#import "common/log.wgsl"
@group(0) @binding(5) var<storage, read_write> logSumExp: array<f32>;
#if BIAS
@group(0) @binding(6) var<storage, read_write> P: array<f32>;
#endif
#if VECTOR
@group(0) @binding(4) var<storage, read_write> o: array<vec4f>;
fn store_o(row: u32, block: u32, value: vec4f) {
  if (block < s.blocks) { o[row * s.blocks + block] = value; }
}
#else
@group(0) @binding(4) var<storage, read_write> o: array<f32>;
fn store_o(row: u32, block: u32, value: vec4f) {
  for (var c = 0u; c < 4u; c++) {
    if (4u * block + c < s.width) { o[row * s.width + 4u * block + c] = value[c]; }
  }
}
#endif

fn load_queries(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    left[i / 8u * PITCH + i % 8u] = q_at(item * s.queries + min(first + i / 8u, s.queries - 1u), block + i % 8u);
  }
}
fn load_keys(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    right[score_slot(i / 8u) + i % 8u] = k_at(item * s.keys + min(first + i / 8u, s.keys - 1u), block + i % 8u);
  }
}
fn load_values(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    right[i / 8u * PITCH + i % 8u] = v_at(item * s.keys + min(first + i / 8u, s.keys - 1u), block + i % 8u);
  }
}

// A number per row and thread x, for what the 8 threads of a row find out together.
var<workgroup> parts: array<f32, 256>;
fn set_parts(y: u32, x: u32, values: vec4f) {
  for (var i = 0u; i < 4u; i++) { parts[(4u * y + i) * 8u + x] = values[i]; }
}
fn largest_part(row: u32) -> f32 {
  var largest = parts[row * 8u];
  for (var x = 1u; x < 8u; x++) { largest = max(largest, parts[row * 8u + x]); }
  return largest;
}
fn sum_of_parts(row: u32) -> f32 {
  var sum = 0.0;
  for (var x = 0u; x < 8u; x++) { sum += parts[row * 8u + x]; }
  return sum;
}

@compute @workgroup_size(64)
fn attend(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let tiles = (s.queries + 31u) / 32u;
  // Surplus workgroups repeat the last one, so that all threads meet at the barriers.
  let index = min(group.y * groups.x + group.x, s.items * tiles - 1u);
  let item = index / tiles;
  let first = index % tiles * 32u;
  let y = local / 8u;
  let x = local % 8u;
  let places = min(vec4u(0u, 1u, 2u, 3u) + first + 4u * y, vec4u(s.queries - 1u));
  let rows = item * s.queries + places;
  var largest = vec4f(-1e30);
  var total = vec4f();
#for G CHUNKS
  var sum{G} = mat4x4f();
#end
  for (var key = 0u; key < s.keys; key += 32u) {
    var scores = mat4x4f();
    for (var block = 0u; block < CHUNKS * 8u; block += 8u) {
      load_queries(item, first, block, local);
      load_keys(item, key, block, local);
      workgroupBarrier();
      scores = tile_scores(y, x, scores);
      workgroupBarrier();
    }
    scores *= s.scale;
    for (var j = 0u; j < 4u; j++) {
      let own = key + 4u * x + j;
      let columns = columns_of(own);
      for (var i = 0u; i < 4u; i++) {
        // A key past the end scores so low that it weighs nothing.
        scores[i][j] = select(-1e30, scores[i][j] + bias_of(rows[i], places[i], columns), own < s.keys);
      }
    }
    let peaks = max(max(vec4f(scores[0].x, scores[1].x, scores[2].x, scores[3].x), vec4f(scores[0].y, scores[1].y, scores[2].y, scores[3].y)),
      max(vec4f(scores[0].z, scores[1].z, scores[2].z, scores[3].z), vec4f(scores[0].w, scores[1].w, scores[2].w, scores[3].w)));
    set_parts(y, x, peaks);
    workgroupBarrier();
    let peak = max(largest, vec4f(largest_part(4u * y), largest_part(4u * y + 1u), largest_part(4u * y + 2u), largest_part(4u * y + 3u)));
    let shrink = exact_exp(max(largest - peak, vec4f(-100.0)));
    largest = peak;
    var weights = mat4x4f();
    for (var i = 0u; i < 4u; i++) { weights[i] = exact_exp(max(scores[i] - peak[i], vec4f(-100.0))); }
    total = total * shrink + vec4f(sum_of(weights[0]), sum_of(weights[1]), sum_of(weights[2]), sum_of(weights[3]));
    set_tile(y, x, weights);
#for G CHUNKS
    load_values(item, key, {G}u * 8u, local);
    workgroupBarrier();
    sum{G} = tile_rows(y, x, mat4x4f(sum{G}[0] * shrink.x, sum{G}[1] * shrink.y, sum{G}[2] * shrink.z, sum{G}[3] * shrink.w));
    workgroupBarrier();
#end
  }
  set_parts(y, x, total);
  workgroupBarrier();
  for (var i = 0u; i < 4u; i++) {
    let row = first + 4u * y + i;
    if (row < s.queries) {
      let all = sum_of_parts(4u * y + i);
#for G CHUNKS
      store_o(item * s.queries + row, {G}u * 8u + x, sum{G}[i] / all);
#end
      if (x == 0u) { logSumExp[item * s.queries + row] = largest[i] + exact_log(all); }
    }
  }
}
