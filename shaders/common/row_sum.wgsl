// Sum over the LANES threads that share a row; every one of them gets it. LANES neighbours of the 64 threads of a
// workgroup work on one row. With one lane there is nothing to share and no barrier (slow on software adapters).
// All threads of the workgroup must call it. Constants: LANES (power of two up to 64), SHARED = LANES > 1.
#if SHARED
var<workgroup> row_parts: array<f32, 64>;
fn row_sum(part: f32, local: u32) -> f32 {
  row_parts[local] = part;
  workgroupBarrier();
  let first = local / LANES * LANES;
  var total = 0.0;
  for (var lane = 0u; lane < LANES; lane++) {
    total += row_parts[first + lane];
  }
  workgroupBarrier();
  return total;
}
#else
fn row_sum(part: f32, local: u32) -> f32 {
  return part;
}
#endif
