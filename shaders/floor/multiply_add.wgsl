// The multiply-add peak of the adapter: every thread carries CHAINS independent vec4f chains a = a * b + c through the
// loop, without any memory access in it. The factors come from uniforms, so that nothing can be computed ahead.
// Bindings: 1 sums [threads], which only keep the chains from being optimised away.
// Launch: x covers the threads in groups of LANES. Variants: FUSED (fma), EIGHT, SIXTEEN chains (otherwise four).
struct Sizes {
  iterations: u32,
  factor: f32,
  offset: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

fn advance(a: vec4f, b: vec4f, c: vec4f) -> vec4f {
#if FUSED
  return fma(a, b, c);
#else
  return a * b + c;
#endif
}

@compute @workgroup_size(LANES)
fn multiply_add(@builtin(global_invocation_id) id: vec3u) {
  let b = vec4f(sizes.factor);
  let c = vec4f(sizes.offset);
  let start = vec4f(0.0, 0.01, 0.02, 0.03) + 1e-6 * f32(id.x);
  var a0 = start;
  var a1 = start + 0.1;
  var a2 = start + 0.2;
  var a3 = start + 0.3;
#if EIGHT
  var a4 = start + 0.4;
  var a5 = start + 0.5;
  var a6 = start + 0.6;
  var a7 = start + 0.7;
#endif
#if SIXTEEN
  var a8 = start + 0.8;
  var a9 = start + 0.9;
  var a10 = start + 1.0;
  var a11 = start + 1.1;
  var a12 = start + 1.2;
  var a13 = start + 1.3;
  var a14 = start + 1.4;
  var a15 = start + 1.5;
#endif
  for (var i = 0u; i < sizes.iterations; i++) {
    a0 = advance(a0, b, c);
    a1 = advance(a1, b, c);
    a2 = advance(a2, b, c);
    a3 = advance(a3, b, c);
#if EIGHT
    a4 = advance(a4, b, c);
    a5 = advance(a5, b, c);
    a6 = advance(a6, b, c);
    a7 = advance(a7, b, c);
#endif
#if SIXTEEN
    a8 = advance(a8, b, c);
    a9 = advance(a9, b, c);
    a10 = advance(a10, b, c);
    a11 = advance(a11, b, c);
    a12 = advance(a12, b, c);
    a13 = advance(a13, b, c);
    a14 = advance(a14, b, c);
    a15 = advance(a15, b, c);
#endif
  }
  var sum = (a0 + a1) + (a2 + a3);
#if EIGHT
  sum += (a4 + a5) + (a6 + a7);
#endif
#if SIXTEEN
  sum += ((a8 + a9) + (a10 + a11)) + ((a12 + a13) + (a14 + a15));
#endif
  if (id.x < arrayLength(&sums)) {
    sums[id.x] = sum.x + sum.y + sum.z + sum.w;
  }
}
