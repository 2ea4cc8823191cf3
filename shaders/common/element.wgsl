// What a kernel handles at once: four neighbours when the row length allows it (VEC4), otherwise one number.
// Kernels are written once, in Element; sizes are then counted in Elements.
#if VEC4
alias Element = vec4f;
alias ElementInt = vec4i;
alias ElementUint = vec4u;
fn sum_of(v: Element) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}
#else
alias Element = f32;
alias ElementInt = i32;
alias ElementUint = u32;
fn sum_of(v: Element) -> f32 {
  return v;
}
#endif
