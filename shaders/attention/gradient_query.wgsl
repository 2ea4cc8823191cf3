// Gradients of attention by query, with the weights p = exp(score - logSumExp) computed again, tile by tile of 32 keys:
// dScore[n, key] = p (dO[n] . v[key] - delta[n]),  dQ[n] = scale sum over keys of dScore k[key],
// dP[n, column] = sum of dScore over the keys whose bias comes from that column (none for CLS).
//   1 q [items, queries, width]     2 k, 3 v [items, keys, width]     4 dO like q
//   5 stats [items, queries, 2] of `row_statistics.wgsl`              6 dQ like q     BIAS: 7 P [items, queries, columns], 8 dP
// Work, launch and variants as `attention/forward.wgsl`.
#import "common/attention_inputs.wgsl"
#import "common/attention_tiles.wgsl"
#import "common/exp.wgsl"
@group(0) @binding(5) var<storage, read_write> stats: array<vec2f>;
#if BIAS
@group(0) @binding(7) var<storage, read_write> P: array<f32>;
@group(0) @binding(8) var<storage, read_write> dP: array<f32>;
var<workgroup> keyColumns: array<vec3u, 32>;
#endif
#if VECTOR
@group(0) @binding(4) var<storage, read_write> dO: array<vec4f>;
fn d_o_at(row: u32, block: u32) -> vec4f { return select(vec4f(), dO[row * s.blocks + min(block, s.blocks - 1u)], block < s.blocks); }
@group(0) @binding(6) var<storage, read_write> dQ: array<vec4f>;
fn store_d_q(row: u32, block: u32, value: vec4f) {
  if (block < s.blocks) { dQ[row * s.blocks + block] = value; }
}
#else
@group(0) @binding(4) var<storage, read_write> dO: array<f32>;
fn d_o_at(row: u32, block: u32) -> vec4f {
  let channels = channels_of(block);
  let i = row * s.width + min(channels, vec4u(s.width - 1u));
  return select(vec4f(), vec4f(dO[i.x], dO[i.y], dO[i.z], dO[i.w]), channels < vec4u(s.width));
}
@group(0) @binding(6) var<storage, read_write> dQ: array<f32>;
fn store_d_q(row: u32, block: u32, value: vec4f) {
  for (var c = 0u; c < 4u; c++) {
    if (4u * block + c < s.width) { dQ[row * s.width + 4u * block + c] = value[c]; }
  }
}
#endif

fn load_queries(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    left[i / 8u * PITCH + i % 8u] = q_at(item * s.queries + min(first + i / 8u, s.queries - 1u), block + i % 8u);
  }
}
fn load_cotangents(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    left[i / 8u * PITCH + i % 8u] = d_o_at(item * s.queries + min(first + i / 8u, s.queries - 1u), block + i % 8u);
  }
}
fn load_keys(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    right[score_slot(i / 8u) + i % 8u] = k_at(item * s.keys + min(first + i / 8u, s.keys - 1u), block + i % 8u);
  }
}
fn load_values(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    right[score_slot(i / 8u) + i % 8u] = v_at(item * s.keys + min(first + i / 8u, s.keys - 1u), block + i % 8u);
  }
}
fn load_keys_in_order(item: u32, first: u32, block: u32, local: u32) {
  for (var i = local; i < 256u; i += 64u) {
    right[i / 8u * PITCH + i % 8u] = k_at(item * s.keys + min(first + i / 8u, s.keys - 1u), block + i % 8u);
  }
}

@compute @workgroup_size(64)
fn attention_gradient_query(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let tiles = (s.queries + 31u) / 32u;
  // Surplus workgroups repeat the last one, so that all threads meet at the barriers, and add nothing to dP.
  let index = min(group.y * groups.x + group.x, s.items * tiles - 1u);
  let isOwn = group.y * groups.x + group.x == index;
  let item = index / tiles;
  let first = index % tiles * 32u;
  let y = local / 8u;
  let x = local % 8u;
  let places = min(vec4u(0u, 1u, 2u, 3u) + first + 4u * y, vec4u(s.queries - 1u));
  let rows = item * s.queries + places;
#for G CHUNKS
  var sum{G} = mat4x4f();
#end
  for (var key = 0u; key < s.keys; key += 32u) {
    var scores = mat4x4f();
    var products = mat4x4f();
    for (var block = 0u; block < CHUNKS * 8u; block += 8u) {
      load_queries(item, first, block, local);
      load_keys(item, key, block, local);
      workgroupBarrier();
      scores = tile_scores(y, x, scores);
      workgroupBarrier();
      load_cotangents(item, first, block, local);
      load_values(item, key, block, local);
      workgroupBarrier();
      products = tile_scores(y, x, products);
      workgroupBarrier();
    }
    scores *= s.scale;
    for (var j = 0u; j < 4u; j++) {
      let own = key + 4u * x + j;
      let columns = columns_of(own);
      for (var i = 0u; i < 4u; i++) {
        scores[i][j] = select(-1e30, scores[i][j] + bias_of(rows[i], places[i], columns), own < s.keys);
      }
#if BIAS
      if (y == 0u) { keyColumns[4u * x + j] = select(vec3u(0xffffffffu), columns, own < s.keys); }
#endif
    }
    var dScores = mat4x4f();
    for (var i = 0u; i < 4u; i++) {
      let row = stats[rows[i]];
      dScores[i] = exact_exp(max(scores[i] - row.x, vec4f(-100.0))) * (products[i] - row.y);
    }
    set_tile(y, x, dScores);
#for G CHUNKS
    load_keys_in_order(item, key, {G}u * 8u, local);
    workgroupBarrier();
    sum{G} = tile_rows(y, x, sum{G});
#if BIAS
    if ({G}u == 0u) { add_to_columns(item, first, key, local, isOwn); }
#endif
    workgroupBarrier();
#end
  }
  for (var i = 0u; i < 4u; i++) {
    let row = first + 4u * y + i;
    if (row < s.queries) {
#for G CHUNKS
      store_d_q(item * s.queries + row, {G}u * 8u + x, s.scale * sum{G}[i]);
#end
    }
  }
}

#if BIAS
// Adds the tile's part to dP; a thread has the same rows and columns in every tile.
fn add_to_columns(item: u32, first: u32, key: u32, local: u32, isOwn: bool) {
  let row = local % 32u;
  let place = first + row;
  if (place >= s.queries || !isOwn) { return; }
  for (var column = local / 32u; column < s.columns; column += 2u) {
    var sum = 0.0;
    for (var r = 0u; r < 32u; r++) {
      sum += select(0.0, tile[row * PITCH + r / 4u][r % 4u], any(keyColumns[r] == vec3u(column)));
    }
    let to = (item * s.queries + place) * s.columns + column;
    dP[to] = select(0.0, dP[to], key > 0u) + select(0.0, sum, place >= s.cls);
  }
}
#endif
