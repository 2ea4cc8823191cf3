// merge_heads_residual: merged[b, n, h, d] = o[b, h, n, d] + q[b, h, n, d], for CLS o alone.
//   1 o [batch, heads, tokens, width]     2 q, likewise     3 merged [batch, tokens, heads, width]
// Its gradient: dO[b, h, n, d] = dMerged[b, n, h, d]; dQ the same, for CLS zero.
//   1 dMerged [batch, tokens, heads, width]     2 dO [batch, heads, tokens, width]     3 dQ, likewise
// Launch: x covers tokens * heads * width threads in groups of 64, y is the batch.
struct Sizes { tokens: u32, heads: u32, width: u32, cls: u32 }
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

@compute @workgroup_size(64)
fn merge_heads_residual(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  let size = s.tokens * s.heads * s.width;
  if (thread >= size) { return; }
  let d = thread % s.width;
  let h = thread / s.width % s.heads;
  let n = thread / (s.width * s.heads);
  let source = group.y * size + (h * s.tokens + n) * s.width + d;
  c[group.y * size + thread] = a[source] + select(b[source], 0.0, n < s.cls);
}

@compute @workgroup_size(64)
fn merge_heads_residual_gradient(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  let size = s.tokens * s.heads * s.width;
  if (thread >= size) { return; }
  let d = thread % s.width;
  let n = thread / s.width % s.tokens;
  let h = thread / (s.width * s.tokens);
  let value = a[group.y * size + (n * s.heads + h) * s.width + d];
  b[group.y * size + thread] = value;
  c[group.y * size + thread] = select(value, 0.0, n < s.cls);
}
