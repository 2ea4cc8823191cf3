// C = alpha * A B^T + bias, per batch b.
//   1 a    [batch, m, k]      2 b  [batch or 1, n, k]
//   3 c    [batch, m, n]      4 bias [n]            (only with BIAS)
// A thread owns 8 rows x 8 columns and walks along k; both operands are contiguous there.
// Launch: x covers ceil(m/8) * ceil(n/8) threads in groups of 64 (spread over x and y), z is the batch.
// Variants: VECTOR loads four k at once and needs k to be a multiple of 4.
struct Sizes { m: u32, n: u32, k: u32, batchA: u32, batchB: u32, alpha: f32 }
@group(0) @binding(0) var<uniform> s: Sizes;
#if VECTOR
@group(0) @binding(1) var<storage, read_write> a: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> b: array<vec4f>;
#else
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
#endif
@group(0) @binding(3) var<storage, read_write> c: array<f32>;
#if BIAS
@group(0) @binding(4) var<storage, read_write> bias: array<f32>;
#endif

@compute @workgroup_size(64)
fn multiply_nt(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = (group.y * groups.x + group.x) * 64u + lane;
  let tilesN = (s.n + 7u) / 8u;
  let row = tile / tilesN * 8u;
  let column = tile % tilesN * 8u;
  if (row >= s.m) { return; }
#if VECTOR
  let k = s.k / 4u;
#else
  let k = s.k;
#endif
  var fromA: array<u32, 8>;
  var fromB: array<u32, 8>;
  for (var i = 0u; i < 8u; i++) {
    // Clamped: rows past the end are computed from the last one and not stored.
    fromA[i] = group.z * s.batchA * k + min(row + i, s.m - 1u) * k;
    fromB[i] = group.z * s.batchB * k + min(column + i, s.n - 1u) * k;
  }
  let a0 = fromA[0]; let a1 = fromA[1]; let a2 = fromA[2]; let a3 = fromA[3];
  let a4 = fromA[4]; let a5 = fromA[5]; let a6 = fromA[6]; let a7 = fromA[7];
  var sum: array<vec4f, 16>;
  for (var i = 0u; i < k; i++) {
    let r0 = a[a0 + i]; let r1 = a[a1 + i]; let r2 = a[a2 + i]; let r3 = a[a3 + i];
    let r4 = a[a4 + i]; let r5 = a[a5 + i]; let r6 = a[a6 + i]; let r7 = a[a7 + i];
    for (var half = 0u; half < 2u; half++) {
      let w0 = b[fromB[half * 4u] + i];
      let w1 = b[fromB[half * 4u + 1u] + i];
      let w2 = b[fromB[half * 4u + 2u] + i];
      let w3 = b[fromB[half * 4u + 3u] + i];
#if VECTOR
      sum[half] += vec4f(dot(r0, w0), dot(r0, w1), dot(r0, w2), dot(r0, w3));
      sum[2u + half] += vec4f(dot(r1, w0), dot(r1, w1), dot(r1, w2), dot(r1, w3));
      sum[4u + half] += vec4f(dot(r2, w0), dot(r2, w1), dot(r2, w2), dot(r2, w3));
      sum[6u + half] += vec4f(dot(r3, w0), dot(r3, w1), dot(r3, w2), dot(r3, w3));
      sum[8u + half] += vec4f(dot(r4, w0), dot(r4, w1), dot(r4, w2), dot(r4, w3));
      sum[10u + half] += vec4f(dot(r5, w0), dot(r5, w1), dot(r5, w2), dot(r5, w3));
      sum[12u + half] += vec4f(dot(r6, w0), dot(r6, w1), dot(r6, w2), dot(r6, w3));
      sum[14u + half] += vec4f(dot(r7, w0), dot(r7, w1), dot(r7, w2), dot(r7, w3));
#else
      let w = vec4f(w0, w1, w2, w3);
      sum[half] += r0 * w;
      sum[2u + half] += r1 * w;
      sum[4u + half] += r2 * w;
      sum[6u + half] += r3 * w;
      sum[8u + half] += r4 * w;
      sum[10u + half] += r5 * w;
      sum[12u + half] += r6 * w;
      sum[14u + half] += r7 * w;
#endif
    }
  }
  for (var i = 0u; i < 8u; i++) {
    for (var j = 0u; j < 8u; j++) {
      if (row + i < s.m && column + j < s.n) {
        var value = s.alpha * sum[i * 2u + j / 4u][j % 4u];
#if BIAS
        value += bias[column + j];
#endif
        c[(group.z * s.m + row + i) * s.n + column + j] = value;
      }
    }
  }
}
