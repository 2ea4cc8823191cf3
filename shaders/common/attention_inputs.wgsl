// What the tiled attention kernels read: sizes, q, k and v, rows as vec4 blocks of channels, zero past the width.
//   1 q [items, queries, width]     2 k, 3 v [items, keys, width]     P [items, queries, columns], the last binding but dP
// Variants: VECTOR needs width to be a multiple of 4; BIAS says that there is a P.
#import "common/key_columns.wgsl"
struct Sizes {
  items: u32, queries: u32, keys: u32, width: u32,
  cls: u32, kh: u32, kw: u32, columns: u32,
  temporal: u32, scale: f32, chunk: u32, blocks: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
#if VECTOR
@group(0) @binding(1) var<storage, read_write> q: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> k: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> v: array<vec4f>;
fn q_at(row: u32, block: u32) -> vec4f { return select(vec4f(), q[row * s.blocks + min(block, s.blocks - 1u)], block < s.blocks); }
fn k_at(row: u32, block: u32) -> vec4f { return select(vec4f(), k[row * s.blocks + min(block, s.blocks - 1u)], block < s.blocks); }
fn v_at(row: u32, block: u32) -> vec4f { return select(vec4f(), v[row * s.blocks + min(block, s.blocks - 1u)], block < s.blocks); }
#else
@group(0) @binding(1) var<storage, read_write> q: array<f32>;
@group(0) @binding(2) var<storage, read_write> k: array<f32>;
@group(0) @binding(3) var<storage, read_write> v: array<f32>;
fn channels_of(block: u32) -> vec4u { return vec4u(0u, 1u, 2u, 3u) + 4u * block; }
fn q_at(row: u32, block: u32) -> vec4f {
  let channels = channels_of(block);
  let i = row * s.width + min(channels, vec4u(s.width - 1u));
  return select(vec4f(), vec4f(q[i.x], q[i.y], q[i.z], q[i.w]), channels < vec4u(s.width));
}
fn k_at(row: u32, block: u32) -> vec4f {
  let channels = channels_of(block);
  let i = row * s.width + min(channels, vec4u(s.width - 1u));
  return select(vec4f(), vec4f(k[i.x], k[i.y], k[i.z], k[i.w]), channels < vec4u(s.width));
}
fn v_at(row: u32, block: u32) -> vec4f {
  let channels = channels_of(block);
  let i = row * s.width + min(channels, vec4u(s.width - 1u));
  return select(vec4f(), vec4f(v[i.x], v[i.y], v[i.z], v[i.w]), channels < vec4u(s.width));
}
#endif

// Bias of a query (its row in P, its place among the tokens) and a key (its columns).
fn bias_of(row: u32, place: u32, key: vec3u) -> f32 {
#if BIAS
  if (place < s.cls || key.x == 0xffffffffu) { return 0.0; }
  let base = row * s.columns;
  var bias = P[base + key.x] + P[base + key.y];
  if (s.temporal == 1u) { bias += P[base + key.z]; }
  return bias;
#else
  return 0.0;
#endif
}
