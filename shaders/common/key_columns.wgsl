// The columns of P from which a key's bias comes: key_h, kh + key_w and kh + kw + key_t (which P has when it is temporal).
// A number no column has for CLS. Needs the uniforms `s` of an attention kernel.
fn columns_of(key: u32) -> vec3u {
  let cell = key - s.cls;
  let taken = vec3u(cell / s.kw % s.kh, s.kh + cell % s.kw, s.kh + s.kw + cell / (s.kw * s.kh));
  return select(taken, vec3u(0xffffffffu), key < s.cls);
}
