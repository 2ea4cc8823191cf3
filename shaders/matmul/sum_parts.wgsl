// out[i] = sum over p of parts[p, i], in order of p.
//   1 parts [count, size]     2 out [size], sizes in Elements
// Launch: a thread per Element. Variants: VEC4.
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes { size: u32, count: u32 }
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> parts: array<Element>;
@group(0) @binding(2) var<storage, read_write> out: array<Element>;

@compute @workgroup_size(64)
fn sum_parts(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= s.size) { return; }
  var sum = parts[i];
  for (var p = 1u; p < s.count; p++) { sum += parts[p * s.size + i]; }
  out[i] = sum;
}
