// Partial products of C = A^T B, per batch and per stretch of k: weight gradients, where k (all tokens of a batch) is
// long and C small. `matmul/sum_parts` adds the stretches in order.
//   1 a [batch, k, m]     2 b [batch, k, n]     3 parts [splits, batch, m, n]
// A thread owns 8 rows x 8 columns of C for one stretch of `chunk` rows of A and B.
// Launch: x covers ceil(m/8) * ceil(n/8) threads in groups of 64 (spread over x and y), z is batch * splits.
// Variants: VECTOR needs m and n to be multiples of 4.
struct Sizes { m: u32, n: u32, k: u32, batch: u32, chunk: u32, alpha: f32 }
@group(0) @binding(0) var<uniform> s: Sizes;
#if VECTOR
@group(0) @binding(1) var<storage, read_write> a: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> b: array<vec4f>;
#else
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
#endif
@group(0) @binding(3) var<storage, read_write> parts: array<f32>;

fn four_of_a(base: u32, column: u32) -> vec4f {
#if VECTOR
  return a[(base + min(column, s.m - 4u)) / 4u];
#else
  let last = s.m - 1u;
  return vec4f(a[base + min(column, last)], a[base + min(column + 1u, last)], a[base + min(column + 2u, last)], a[base + min(column + 3u, last)]);
#endif
}

fn four_of_b(base: u32, column: u32) -> vec4f {
#if VECTOR
  return b[(base + min(column, s.n - 4u)) / 4u];
#else
  let last = s.n - 1u;
  return vec4f(b[base + min(column, last)], b[base + min(column + 1u, last)], b[base + min(column + 2u, last)], b[base + min(column + 3u, last)]);
#endif
}

@compute @workgroup_size(64)
fn multiply_tn(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = (group.y * groups.x + group.x) * 64u + lane;
  let tilesN = (s.n + 7u) / 8u;
  let row = tile / tilesN * 8u;
  let column = tile % tilesN * 8u;
  if (row >= s.m) { return; }
  let batch = group.z % s.batch;
  let start = group.z / s.batch * s.chunk;
  let end = min(start + s.chunk, s.k);
  var sum: array<vec4f, 16>;
  for (var i = start; i < end; i++) {
    let baseA = (batch * s.k + i) * s.m;
    let baseB = (batch * s.k + i) * s.n;
    let r0 = four_of_a(baseA, row);
    let r1 = four_of_a(baseA, row + 4u);
    let w0 = four_of_b(baseB, column);
    let w1 = four_of_b(baseB, column + 4u);
    sum[0] += r0.x * w0; sum[1] += r0.x * w1;
    sum[2] += r0.y * w0; sum[3] += r0.y * w1;
    sum[4] += r0.z * w0; sum[5] += r0.z * w1;
    sum[6] += r0.w * w0; sum[7] += r0.w * w1;
    sum[8] += r1.x * w0; sum[9] += r1.x * w1;
    sum[10] += r1.y * w0; sum[11] += r1.y * w1;
    sum[12] += r1.z * w0; sum[13] += r1.z * w1;
    sum[14] += r1.w * w0; sum[15] += r1.w * w1;
  }
  for (var i = 0u; i < 8u; i++) {
    for (var j = 0u; j < 8u; j++) {
      if (row + i < s.m && column + j < s.n) {
        parts[(group.z * s.m + row + i) * s.n + column + j] = s.alpha * sum[i * 2u + j / 4u][j % 4u];
      }
    }
  }
}
