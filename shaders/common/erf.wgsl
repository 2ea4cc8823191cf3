// erf(x) to 2e-7 relative, and exp(-x^2) with it, as the slope of erf needs it. Below 1 an odd polynomial, above
// erfc(x) = exp(-x^2) p(1 / (1 + 0.4 x)). Both polynomials are our own minimax fits in float64 (errors 1.2e-9 and, of
// erfc, relative 2.2e-9).
#import "common/element.wgsl"
#import "common/exp.wgsl"
struct ErrorFunction {
  erf: Element,
  gauss: Element,
}
fn error_function(x: Element) -> ErrorFunction {
  let z = x * x;
  let gauss = exact_exp(-z);
  var near = fma(z, Element(7.889115059e-5), Element(-8.020839941e-4));
  near = fma(near, z, Element(5.189535189e-3));
  near = fma(near, z, Element(-2.685444451e-2));
  near = fma(near, z, Element(1.128360017e-1));
  near = fma(near, z, Element(-3.761262714e-1));
  near = fma(near, z, Element(1.128379166));
  let t = 1.0 / fma(abs(x), Element(0.4), Element(1.0));
  var far = fma(t, Element(-8.488696959e-2), Element(1.281058110e-1));
  far = fma(far, t, Element(1.882995104e-1));
  far = fma(far, t, Element(5.901875851e-2));
  far = fma(far, t, Element(2.769120857e-1));
  far = fma(far, t, Element(2.031898308e-1));
  far = fma(far, t, Element(2.295112474e-1));
  far = fma(far, t, Element(-2.722338937e-4));
  let erf = select(sign(x) * (1.0 - gauss * far), x * near, abs(x) < Element(1.0));
  return ErrorFunction(erf, gauss);
}
