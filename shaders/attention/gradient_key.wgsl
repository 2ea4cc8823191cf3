// Gradients of attention by key, over one chunk of the queries, with the weights p = exp(score - logSumExp) computed again,
// tile by tile of 32 queries: dV[key] = sum over n of p dO[n],  dK[key] = scale sum over n of p (dO[n] . v[key] - delta[n]) q[n].
// With several chunks `matmul/sum_parts.wgsl` adds them up.
//   1 q [items, queries, width]     2 k, 3 v [items, keys, width]     4 dO like q
//   5 stats [items, queries, 2] of `row_statistics.wgsl`              6 dK, 7 dV [chunks, items, keys, width]
//   BIAS: 8 P [items, queries, columns]
// A workgroup owns 32 keys of an item; a thread 4 of them and, per step, 4 queries or 4 of every 32 channels.
// Launch: x covers items * ceil(keys / 32) workgroups (spread over x and y), z is the chunk. Variants as `forward.wgsl`.
#import "common/attention_inputs.wgsl"
#import "common/attention_tiles.wgsl"
#import "common/exp.wgsl"
@group(0) @binding(5) var<storage, read_write> stats: array<vec2f>;
#if BIAS
@group(0) @binding(8) var<storage, read_write> P: array<f32>;
#endif
#if VECTOR
@group(0) @binding(4) var<storage, read_write> dO: array<vec4f>;
fn d_o_at(row: u32, block: u32) -> vec4f { return select(vec4f(), dO[row * s.blocks + min(block, s.blocks - 1u)], block < s.blocks); }
@group(0) @binding(6) var<storage, read_write> dK: array<vec4f>;
fn store_d_k(row: u32, block: u32, value: vec4f) {
  if (block < s.blocks) { dK[row * s.blocks + block] = value; }
}
@group(0) @binding(7) var<storage, read_write> dV: array<vec4f>;
fn store_d_v(row: u32, block: u32, value: vec4f) {
  if (block < s.blocks) { dV[row * s.blocks + block] = value; }
}
#else
@group(0) @binding(4) var<storage, read_write> dO: array<f32>;
fn d_o_at(row: u32, block: u32) -> vec4f {
  let channels = channels_of(block);
  let i = row * s.width + min(channels, vec4u(s.width - 1u));
  return select(vec4f(), vec4f(dO[i.x], dO[i.y], dO[i.z], dO[i.w]), channels < vec4u(s.width));
}
@group(0) @binding(6) var<storage, read_write> dK: array<f32>;
fn store_d_k(row: u32, block: u32, value: vec4f) {
  for (var c = 0u; c < 4u; c++) {
    if (4u * block + c < s.width) { dK[row * s.width + 4u * block + c] = value[c]; }
  }
}
@group(0) @binding(7) var<storage, read_write> dV: array<f32>;
fn store_d_v(row: u32, block: u32, value: vec4f) {
  for (var c = 0u; c < 4u; c++) {
    if (4u * block + c < s.width) { dV[row * s.width + 4u * block + c] = value[c]; }
  }
}
#endif

fn load_keys(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    left[i / 8u * PITCH + i % 8u] = k_at(item * s.keys + min(first + i / 8u, s.keys - 1u), block + i % 8u);
  }
}
fn load_values(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    left[i / 8u * PITCH + i % 8u] = v_at(item * s.keys + min(first + i / 8u, s.keys - 1u), block + i % 8u);
  }
}
fn load_queries(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    right[score_slot(i / 8u) + i % 8u] = q_at(item * s.queries + min(first + i / 8u, s.queries - 1u), block + i % 8u);
  }
}
fn load_cotangents(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    right[score_slot(i / 8u) + i % 8u] = d_o_at(item * s.queries + min(first + i / 8u, s.queries - 1u), block + i % 8u);
  }
}
fn load_queries_in_order(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    right[i / 8u * PITCH + i % 8u] = q_at(item * s.queries + min(first + i / 8u, s.queries - 1u), block + i % 8u);
  }
}
fn load_cotangents_in_order(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    right[i / 8u * PITCH + i % 8u] = d_o_at(item * s.queries + min(first + i / 8u, s.queries - 1u), block + i % 8u);
  }
}

@compute @workgroup_size(64)
fn attention_gradient_key(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let tiles = (s.keys + 31u) / 32u;
  // Surplus workgroups repeat the last one, so that all threads meet at the barriers.
  let index = min(group.y * groups.x + group.x, s.items * tiles - 1u);
  let item = index / tiles;
  let first = index % tiles * 32u;
  let y = local / 8u;
  let x = local % 8u;
#for G CHUNKS
  var sumK{G} = mat4x4f();
  var sumV{G} = mat4x4f();
#end
  let end = min(s.queries, (group.z + 1u) * s.chunk);
  for (var n = group.z * s.chunk; n < end; n += 32u) {
    var scores = mat4x4f();
    var products = mat4x4f();
    for (var block = 0u; block < CHUNKS * 8u; block += 8u) {
      load_keys(item, first, block, local);
      load_queries(item, n, block, local);
      workgroupBarrier();
      scores = tile_scores(y, x, scores);
      workgroupBarrier();
      load_values(item, first, block, local);
      load_cotangents(item, n, block, local);
      workgroupBarrier();
      products = tile_scores(y, x, products);
      workgroupBarrier();
    }
    var weights = mat4x4f();
    var dScores = mat4x4f();
    for (var i = 0u; i < 4u; i++) {
      let columns = columns_of(min(first + 4u * y + i, s.keys - 1u));
      for (var j = 0u; j < 4u; j++) {
        let place = n + 4u * x + j;
        let row = item * s.queries + min(place, end - 1u);
        let score = s.scale * scores[i][j] + bias_of(row, place, columns) - stats[row].x;
        // A query past the end of the chunk weighs nothing.
        weights[i][j] = select(-100.0, max(score, -100.0), place < end);
        dScores[i][j] = products[i][j] - stats[row].y;
      }
      weights[i] = exact_exp(weights[i]);
      dScores[i] *= weights[i];
    }
    set_tile(y, x, weights);
#for G CHUNKS
    load_cotangents_in_order(item, n, {G}u * 8u, local);
    workgroupBarrier();
    sumV{G} = tile_rows(y, x, sumV{G});
    workgroupBarrier();
#end
    set_tile(y, x, dScores);
#for G CHUNKS
    load_queries_in_order(item, n, {G}u * 8u, local);
    workgroupBarrier();
    sumK{G} = tile_rows(y, x, sumK{G});
    workgroupBarrier();
#end
  }
  for (var i = 0u; i < 4u; i++) {
    let key = first + 4u * y + i;
    if (key < s.keys) {
      let row = (group.z * s.items + item) * s.keys + key;
#for G CHUNKS
      store_d_k(row, {G}u * 8u + x, s.scale * sumK{G}[i]);
      store_d_v(row, {G}u * 8u + x, sumV{G}[i]);
#end
    }
  }
}
