// Sum over the 64 threads of a workgroup as a tree of fixed shape; thread 0 gets it. All threads must call it.
var<workgroup> workgroup_parts: array<f32, 64>;
fn workgroup_sum(part: f32, local: u32) -> f32 {
  workgroup_parts[local] = part;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (local < half) {
      workgroup_parts[local] += workgroup_parts[local + half];
    }
    workgroupBarrier();
  }
  let total = workgroup_parts[0];
  workgroupBarrier();
  return total;
}
