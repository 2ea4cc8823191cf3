// What every attention kernel reads: sizes, q, k, v and P, and rows as vec4 blocks of channels, zero past the width.
struct Sizes {
  items: u32, queries: u32, keys: u32, width: u32,
  cls: u32, kh: u32, kw: u32, columns: u32,
  temporal: u32, scale: f32, queriesPerChunk: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(4) var<storage, read_write> P: array<f32>;
#if VECTOR
@group(0) @binding(1) var<storage, read_write> q: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> k: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> v: array<vec4f>;
fn q_at(row: u32, block: u32) -> vec4f { return q[row * BLOCKS + block]; }
fn k_at(row: u32, block: u32) -> vec4f { return k[row * BLOCKS + block]; }
fn v_at(row: u32, block: u32) -> vec4f { return v[row * BLOCKS + block]; }
#else
@group(0) @binding(1) var<storage, read_write> q: array<f32>;
@group(0) @binding(2) var<storage, read_write> k: array<f32>;
@group(0) @binding(3) var<storage, read_write> v: array<f32>;
fn present(block: u32) -> vec4<bool> { return vec4u(0u, 1u, 2u, 3u) + 4u * block < vec4u(s.width); }
fn q_at(row: u32, block: u32) -> vec4f {
  let i = row * s.width + 4u * block;
  return select(vec4f(), vec4f(q[i], q[i + 1u], q[i + 2u], q[i + 3u]), present(block));
}
fn k_at(row: u32, block: u32) -> vec4f {
  let i = row * s.width + 4u * block;
  return select(vec4f(), vec4f(k[i], k[i + 1u], k[i + 2u], k[i + 3u]), present(block));
}
fn v_at(row: u32, block: u32) -> vec4f {
  let i = row * s.width + 4u * block;
  return select(vec4f(), vec4f(v[i], v[i + 1u], v[i + 2u], v[i + 3u]), present(block));
}
#endif
