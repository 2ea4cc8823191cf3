// Infinite or NaN, by its bits: compilers may assume that comparisons never see either.
fn is_non_finite(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u;
}
