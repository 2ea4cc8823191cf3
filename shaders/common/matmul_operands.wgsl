// Operands and result of the matrix products: what is bound, reading four neighbours, and finishing four sums.
//   1 a [batch, m, k], or [batch, k, m] with A_IS_KM     2 b [batch or 1, k, n], or [.., n, k] with B_IS_NK
//   3 c [batch, m, n], or the parts [splits, batch, m, n] of a long sum
//   4 the epilogue's operand: bias [n] (BIAS); residual [batch, m, n] (RESIDUAL); x [batch, m, n] (GELU_GRADIENT)
//   GELU: the last binding takes gelu(c).
// Variants: VECTOR when rows of a and b, and k, are multiples of 4: four neighbours are one load, and no four straddle an
// end. VEC4 when n is a multiple of 4. BIAS goes with GELU or RESIDUAL, whose binding then follows that of the bias.
#import "common/element.wgsl"
#if GELU
#import "common/erf.wgsl"
#endif
#if GELU_GRADIENT
#import "common/erf.wgsl"
#endif
// Numbers from one matrix of a batch to the next; 0 where one serves all. A stretch of `chunk` numbers of k is one part.
struct Sizes { m: u32, n: u32, k: u32, stride_a: u32, stride_b: u32, batch: u32, chunk: u32, alpha: f32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
#if VECTOR
@group(0) @binding(1) var<storage, read_write> a: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> b: array<vec4f>;
#else
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
#endif
@group(0) @binding(3) var<storage, read_write> c: array<Element>;
#if BIAS
@group(0) @binding(4) var<storage, read_write> bias: array<Element>;
#if RESIDUAL
@group(0) @binding(5) var<storage, read_write> residual: array<Element>;
#endif
#if GELU
@group(0) @binding(5) var<storage, read_write> activated: array<Element>;
#endif
#else
#if RESIDUAL
@group(0) @binding(4) var<storage, read_write> residual: array<Element>;
#endif
#if GELU_GRADIENT
@group(0) @binding(4) var<storage, read_write> before: array<Element>;
#endif
#if GELU
@group(0) @binding(4) var<storage, read_write> activated: array<Element>;
#endif
#endif

// Four neighbours of one row of a, the row starting at `base` and `length` long. Past its end zeros or, with VECTOR, the
// last four: for rows and columns that are not stored.
fn four_of_a(base: u32, offset: u32, length: u32) -> vec4f {
#if VECTOR
  return a[(base + min(offset, length - 4u)) / 4u];
#else
  let at = vec4u(offset, offset + 1u, offset + 2u, offset + 3u);
  let safe = base + min(at, vec4u(length - 1u));
  return select(vec4f(), vec4f(a[safe.x], a[safe.y], a[safe.z], a[safe.w]), at < vec4u(length));
#endif
}

fn four_of_b(base: u32, offset: u32, length: u32) -> vec4f {
#if VECTOR
  return b[(base + min(offset, length - 4u)) / 4u];
#else
  let at = vec4u(offset, offset + 1u, offset + 2u, offset + 3u);
  let safe = base + min(at, vec4u(length - 1u));
  return select(vec4f(), vec4f(b[safe.x], b[safe.y], b[safe.z], b[safe.w]), at < vec4u(length));
#endif
}

// The epilogue and the store of what is kept at `i`, counted in Element; `column` likewise.
fn finish(i: u32, column: u32, sum: Element) {
  var value = sizes.alpha * sum;
#if BIAS
  value += bias[column];
#endif
#if RESIDUAL
  value += residual[i];
#endif
#if GELU_GRADIENT
  let x = before[i];
  let parts = error_function(x * 0.70710678);
  value *= fma(x * 0.39894228, parts.gauss, 0.5 * (1.0 + parts.erf));
#endif
  c[i] = value;
#if GELU
  activated[i] = 0.5 * value * (1.0 + error_function(value * 0.70710678).erf);
#endif
}

// Stores four sums of one row of matrix `z` where they are inside of c.
fn store_four(z: u32, row: u32, column: u32, sum: vec4f) {
  if (row >= sizes.m || column >= sizes.n) { return; }
  let i = (z * sizes.m + row) * sizes.n + column;
#if VEC4
  finish(i / 4u, column / 4u, sum);
#else
  finish(i, column, sum.x);
  if (column + 1u < sizes.n) { finish(i + 1u, column + 1u, sum.y); }
  if (column + 2u < sizes.n) { finish(i + 2u, column + 2u, sum.z); }
  if (column + 3u < sizes.n) { finish(i + 3u, column + 3u, sum.w); }
#endif
}
