// exp(x) to 2e-7 relative; WGSL's own may be off by 4e-6. x = n ln 2 + r, |r| <= 0.35; a Taylor series to r^7 / 7!
// (remainder 5e-9); times 2^n by its bits. Zero below -87.3, infinite above 88.3; NaN stays NaN.
#import "common/element.wgsl"
fn exact_exp(x: Element) -> Element {
  let n = clamp(round(x * 1.44269504), Element(-126.0), Element(128.0));
  // ln 2 in two parts, the first short enough for n times it to be exact.
  let r = fma(n, Element(2.12194440e-4), fma(n, Element(-0.693359375), x));
  var p = fma(r, Element(1.0 / 5040.0), Element(1.0 / 720.0));
  p = fma(p, r, Element(1.0 / 120.0));
  p = fma(p, r, Element(1.0 / 24.0));
  p = fma(p, r, Element(1.0 / 6.0));
  p = fma(p, r, Element(0.5));
  p = fma(p, r, Element(1.0));
  p = fma(p, r, Element(1.0));
  let power = bitcast<Element>((ElementInt(n) + 127) * 8388608);
  return select(p * power, Element(0.0), x < Element(-87.3));
}
