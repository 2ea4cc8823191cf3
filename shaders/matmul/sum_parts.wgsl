// out[i] = sum over p of parts[p, i], in order of p.
//   1 parts [count, size]     2 out [size]
// Launch: x covers `size` threads in groups of 64 (spread over x and y).
struct Sizes { size: u32, count: u32 }
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> parts: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn sum_parts(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (group.y * groups.x + group.x) * 64u + lane;
  if (i >= s.size) { return; }
  var sum = 0.0;
  for (var p = 0u; p < s.count; p++) { sum += parts[p * s.size + i]; }
  out[i] = sum;
}
