// C = alpha * A B, per batch b.
//   1 a [batch, m, k]     2 b [batch or 1, k, n]     3 c [batch, m, n]
// A thread owns 8 rows x 8 columns; a row of B is read as two vec4, a column of A as eight scalars.
// Launch: x covers ceil(m/8) * ceil(n/8) threads in groups of 64 (spread over x and y), z is the batch.
// Variants: VECTOR needs n to be a multiple of 4.
struct Sizes { m: u32, n: u32, k: u32, batchA: u32, batchB: u32, alpha: f32 }
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
#if VECTOR
@group(0) @binding(2) var<storage, read_write> b: array<vec4f>;
#else
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
#endif
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

fn four_of_b(base: u32, column: u32) -> vec4f {
#if VECTOR
  return b[(base + min(column, s.n - 4u)) / 4u];
#else
  let last = s.n - 1u;
  return vec4f(b[base + min(column, last)], b[base + min(column + 1u, last)], b[base + min(column + 2u, last)], b[base + min(column + 3u, last)]);
#endif
}

@compute @workgroup_size(64)
fn multiply_nn(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = (group.y * groups.x + group.x) * 64u + lane;
  let tilesN = (s.n + 7u) / 8u;
  let row = tile / tilesN * 8u;
  let column = tile % tilesN * 8u;
  if (row >= s.m) { return; }
  let baseA = group.z * s.batchA * s.k;
  let baseB = group.z * s.batchB * s.n;
  let last = s.m - 1u;
  let a0 = baseA + row * s.k; let a1 = baseA + min(row + 1u, last) * s.k;
  let a2 = baseA + min(row + 2u, last) * s.k; let a3 = baseA + min(row + 3u, last) * s.k;
  let a4 = baseA + min(row + 4u, last) * s.k; let a5 = baseA + min(row + 5u, last) * s.k;
  let a6 = baseA + min(row + 6u, last) * s.k; let a7 = baseA + min(row + 7u, last) * s.k;
  var sum: array<vec4f, 16>;
  for (var i = 0u; i < s.k; i++) {
    let w0 = four_of_b(baseB + i * s.n, column);
    let w1 = four_of_b(baseB + i * s.n, column + 4u);
    let r0 = a[a0 + i]; let r1 = a[a1 + i]; let r2 = a[a2 + i]; let r3 = a[a3 + i];
    let r4 = a[a4 + i]; let r5 = a[a5 + i]; let r6 = a[a6 + i]; let r7 = a[a7 + i];
    sum[0] += r0 * w0; sum[1] += r0 * w1;
    sum[2] += r1 * w0; sum[3] += r1 * w1;
    sum[4] += r2 * w0; sum[5] += r2 * w1;
    sum[6] += r3 * w0; sum[7] += r3 * w1;
    sum[8] += r4 * w0; sum[9] += r4 * w1;
    sum[10] += r5 * w0; sum[11] += r5 * w1;
    sum[12] += r6 * w0; sum[13] += r6 * w1;
    sum[14] += r7 * w0; sum[15] += r7 * w1;
  }
  for (var i = 0u; i < 8u; i++) {
    for (var j = 0u; j < 8u; j++) {
      if (row + i < s.m && column + j < s.n) {
        c[(group.z * s.m + row + i) * s.n + column + j] = s.alpha * sum[i * 2u + j / 4u][j % 4u];
      }
    }
  }
}
