// log(x) for normal x > 0, to 3e-7 relative; WGSL's own may be further off. x = m 2^e with m in [sqrt(1/2), sqrt(2));
// with s = (m - 1) / (m + 1), log m = 2 atanh(s) = 2 (s + s^3 / 3 + s^5 / 5 + ...), |s| <= 0.172: five terms leave 2e-9.
fn exact_log(x: f32) -> f32 {
  let bits = bitcast<i32>(x);
  // Subtracting the bits of sqrt(1/2) centres m on 1.
  let exponent = (bits - 0x3f3504f3) >> 23u;
  let f = bitcast<f32>(bits - exponent * 8388608) - 1.0;
  let s = f / (f + 2.0);
  let z = s * s;
  let series = fma(z, fma(z, fma(z, fma(z, 1.0 / 9.0, 1.0 / 7.0), 1.0 / 5.0), 1.0 / 3.0), 1.0);
  // ln 2 in two parts, the first short enough for e times it to be exact.
  let e = f32(exponent);
  return fma(e, 0.693359375, fma(e, -2.12194440e-4, 2.0 * s * series));
}
