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
  // Clamped: rows and columns past the end are computed from the last one and not stored.
  let lastRow = s.m - 1u;
  let lastColumn = s.n - 1u;
  let batchA = group.z * s.batchA;
  let batchB = group.z * s.batchB;
  let a0 = (batchA + min(row + 0u, lastRow)) * k;
  let a1 = (batchA + min(row + 1u, lastRow)) * k;
  let a2 = (batchA + min(row + 2u, lastRow)) * k;
  let a3 = (batchA + min(row + 3u, lastRow)) * k;
  let a4 = (batchA + min(row + 4u, lastRow)) * k;
  let a5 = (batchA + min(row + 5u, lastRow)) * k;
  let a6 = (batchA + min(row + 6u, lastRow)) * k;
  let a7 = (batchA + min(row + 7u, lastRow)) * k;
  let b0 = (batchB + min(column + 0u, lastColumn)) * k;
  let b1 = (batchB + min(column + 1u, lastColumn)) * k;
  let b2 = (batchB + min(column + 2u, lastColumn)) * k;
  let b3 = (batchB + min(column + 3u, lastColumn)) * k;
  let b4 = (batchB + min(column + 4u, lastColumn)) * k;
  let b5 = (batchB + min(column + 5u, lastColumn)) * k;
  let b6 = (batchB + min(column + 6u, lastColumn)) * k;
  let b7 = (batchB + min(column + 7u, lastColumn)) * k;
  var sum: array<vec4f, 16>;
  for (var i = 0u; i < k; i++) {
    let w0 = b[b0 + i];
    let w1 = b[b1 + i];
    let w2 = b[b2 + i];
    let w3 = b[b3 + i];
    let w4 = b[b4 + i];
    let w5 = b[b5 + i];
    let w6 = b[b6 + i];
    let w7 = b[b7 + i];
#if VECTOR
    let r0 = a[a0 + i];
    sum[0] += vec4f(dot(r0, w0), dot(r0, w1), dot(r0, w2), dot(r0, w3));
    sum[1] += vec4f(dot(r0, w4), dot(r0, w5), dot(r0, w6), dot(r0, w7));
    let r1 = a[a1 + i];
    sum[2] += vec4f(dot(r1, w0), dot(r1, w1), dot(r1, w2), dot(r1, w3));
    sum[3] += vec4f(dot(r1, w4), dot(r1, w5), dot(r1, w6), dot(r1, w7));
    let r2 = a[a2 + i];
    sum[4] += vec4f(dot(r2, w0), dot(r2, w1), dot(r2, w2), dot(r2, w3));
    sum[5] += vec4f(dot(r2, w4), dot(r2, w5), dot(r2, w6), dot(r2, w7));
    let r3 = a[a3 + i];
    sum[6] += vec4f(dot(r3, w0), dot(r3, w1), dot(r3, w2), dot(r3, w3));
    sum[7] += vec4f(dot(r3, w4), dot(r3, w5), dot(r3, w6), dot(r3, w7));
    let r4 = a[a4 + i];
    sum[8] += vec4f(dot(r4, w0), dot(r4, w1), dot(r4, w2), dot(r4, w3));
    sum[9] += vec4f(dot(r4, w4), dot(r4, w5), dot(r4, w6), dot(r4, w7));
    let r5 = a[a5 + i];
    sum[10] += vec4f(dot(r5, w0), dot(r5, w1), dot(r5, w2), dot(r5, w3));
    sum[11] += vec4f(dot(r5, w4), dot(r5, w5), dot(r5, w6), dot(r5, w7));
    let r6 = a[a6 + i];
    sum[12] += vec4f(dot(r6, w0), dot(r6, w1), dot(r6, w2), dot(r6, w3));
    sum[13] += vec4f(dot(r6, w4), dot(r6, w5), dot(r6, w6), dot(r6, w7));
    let r7 = a[a7 + i];
    sum[14] += vec4f(dot(r7, w0), dot(r7, w1), dot(r7, w2), dot(r7, w3));
    sum[15] += vec4f(dot(r7, w4), dot(r7, w5), dot(r7, w6), dot(r7, w7));
#else
    let left = vec4f(w0, w1, w2, w3);
    let right = vec4f(w4, w5, w6, w7);
    let r0 = a[a0 + i];
    sum[0] += r0 * left;
    sum[1] += r0 * right;
    let r1 = a[a1 + i];
    sum[2] += r1 * left;
    sum[3] += r1 * right;
    let r2 = a[a2 + i];
    sum[4] += r2 * left;
    sum[5] += r2 * right;
    let r3 = a[a3 + i];
    sum[6] += r3 * left;
    sum[7] += r3 * right;
    let r4 = a[a4 + i];
    sum[8] += r4 * left;
    sum[9] += r4 * right;
    let r5 = a[a5 + i];
    sum[10] += r5 * left;
    sum[11] += r5 * right;
    let r6 = a[a6 + i];
    sum[12] += r6 * left;
    sum[13] += r6 * right;
    let r7 = a[a7 + i];
    sum[14] += r7 * left;
    sum[15] += r7 * right;
#endif
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
