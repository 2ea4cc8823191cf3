// Matrix products of the attention variant that keeps its weights: C = alpha A B' per item and stretch of k, where A and B
// may run either way (strides). BIAS: the scores alpha q k' + bias(n, key), the bias being the product of P with the 0/1
// matrix of the columns that a key takes (as `attention/bias_gradient.wgsl`). GRADIENT: that of the scores,
// weights (dO v' - delta).
//   1 a     2 b     3 c [chunks, items, m, n]     BIAS: 4 P [items, m, columns]
//   GRADIENT: 4 weights like c, 5 stats [items, m, 2] of `row_statistics.wgsl`
// Four neighbouring threads, a quad, own 32 rows x 24 columns: each loads 8 rows of A and 6 columns of B, which quad swaps
// hand round, so that a load serves 24 or 32 products. Loads, not arithmetic, bound software adapters, and neither aligned
// rows nor loads of four make them faster; four products are added before a sum is touched again.
// Rows and columns past the end are computed from the last one, and store the same value at the same place.
// Launch: x covers items * ceil(m / 32) * ceil(n / 24) quads in groups of 64 threads (spread over x and y), z is the chunk.
// Variants: BIAS or GRADIENT or neither.
enable subgroups;
#import "common/key_columns.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  items: u32, m: u32, n: u32, k: u32,
  itemA: u32, rowA: u32, stepA: u32, itemB: u32, rowB: u32, stepB: u32,
  chunk: u32, alpha: f32,
  cls: u32, kh: u32, kw: u32, columns: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;
#if BIAS
@group(0) @binding(4) var<storage, read_write> P: array<f32>;

fn four_of_bias(row: u32, columns: vec4u, exists: bool) -> vec4f {
  let at = row * s.columns + min(columns, vec4u(s.columns - 1u));
  return select(vec4f(), vec4f(P[at.x], P[at.y], P[at.z], P[at.w]), vec4<bool>(exists) & (columns < vec4u(s.columns)));
}
#endif
#if GRADIENT
@group(0) @binding(4) var<storage, read_write> weights: array<f32>;
@group(0) @binding(5) var<storage, read_write> stats: array<vec2f>;
#endif

// The number of every thread of the quad: its own, then those beside, below and across.
fn of_quad(v: f32) -> vec4f { return vec4f(v, quadSwapX(v), quadSwapY(v), quadSwapDiagonal(v)); }
fn add_products(sum: vec4f, x: vec4f, m: mat4x4f) -> vec4f {
  return fma(m[3], vec4f(x.w), fma(m[2], vec4f(x.z), fma(m[1], vec4f(x.y), fma(m[0], vec4f(x.x), sum))));
}

@compute @workgroup_size(64)
fn multiply_quads(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let lane = local & 3u;
  let tilesN = (s.n + 23u) / 24u;
  let tiles = (s.m + 31u) / 32u * tilesN;
  // No early return, so that a quad stays together: surplus quads repeat the last tile.
  let tile = min(linear_thread(group, groups, local) / 4u, s.items * tiles - 1u);
  let item = tile / tiles;
  let row = tile % tiles / tilesN * 32u + lane;
  let column = tile % tilesN * 24u;
#for R 8
  let row{R} = min(row + {R}u * 4u, s.m - 1u);
  let a{R} = item * s.itemA + row{R} * s.rowA;
#end
#for Q 6
  let own{Q} = min(column + {Q}u * 4u + lane, s.n - 1u);
  let b{Q} = item * s.itemB + own{Q} * s.rowB;
#end
#for R 8
#for Q 6
  var s{R}{Q} = vec4f();
#end
#end
  let start = group.z * s.chunk;
  let end = min(start + s.chunk, s.k);
  for (var k = start; k < end; k += 4u) {
    let steps = vec4u(k, k + 1u, k + 2u, k + 3u);
    let inside = select(vec4f(), vec4f(1.0), steps < vec4u(end));
    let i = min(steps, vec4u(end - 1u)) * s.stepA;
    let j = min(steps, vec4u(end - 1u)) * s.stepB;
#for R 8
    let x{R} = inside * vec4f(a[a{R} + i.x], a[a{R} + i.y], a[a{R} + i.z], a[a{R} + i.w]);
#end
#for Q 6
    let m{Q} = mat4x4f(of_quad(b[b{Q} + j.x]), of_quad(b[b{Q} + j.y]), of_quad(b[b{Q} + j.z]), of_quad(b[b{Q} + j.w]));
#for R 8
    s{R}{Q} = add_products(s{R}{Q}, x{R}, m{Q});
#end
#end
  }
  let alpha = s.alpha;
#if BIAS
#for R 8
#for Q 6
  s{R}{Q} *= alpha;
#end
#end
#for Q 6
  let taken{Q} = columns_of(own{Q});
#end
  for (var j = 0u; j < s.columns; j += 4u) {
#for R 8
    let y{R} = four_of_bias(item * s.m + row{R}, vec4u(j, j + 1u, j + 2u, j + 3u), row{R} >= s.cls);
#end
#for Q 6
    let e{Q} = mat4x4f(
      of_quad(select(0.0, 1.0, any(taken{Q} == vec3u(j)))), of_quad(select(0.0, 1.0, any(taken{Q} == vec3u(j + 1u)))),
      of_quad(select(0.0, 1.0, any(taken{Q} == vec3u(j + 2u)))), of_quad(select(0.0, 1.0, any(taken{Q} == vec3u(j + 3u)))));
#for R 8
    s{R}{Q} = add_products(s{R}{Q}, y{R}, e{Q});
#end
#end
  }
#endif
  let columns = column + vec4u(lane, lane ^ 1u, lane ^ 2u, lane ^ 3u);
#for Q 6
  let to{Q} = min(columns + {Q}u * 4u, vec4u(s.n - 1u));
#end
#for R 8
  let base{R} = ((group.z * s.items + item) * s.m + row{R}) * s.n;
#if GRADIENT
  let delta{R} = stats[item * s.m + row{R}].y;
#endif
#for Q 6
  {
    let at = base{R} + to{Q};
#if GRADIENT
    let value = vec4f(weights[at.x], weights[at.y], weights[at.z], weights[at.w]) * (s{R}{Q} - delta{R});
#else
#if BIAS
    let value = s{R}{Q};
#else
    let value = alpha * s{R}{Q};
#endif
#endif
    c[at.x] = value.x; c[at.y] = value.y; c[at.z] = value.z; c[at.w] = value.w;
  }
#end
#end
}
