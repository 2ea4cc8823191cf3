// sums[c] = sum over rows r of x[r * stride + c]: the last stage of sums over many rows, or the whole of one over few.
// Bindings: 1 x [rows, stride], 2 sums [columns]. Sizes in Elements. Launch: a thread per column.
// Variants: VEC4 (columns and stride multiples of 4).
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  rows: u32,
  columns: u32,
  stride: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> sums: array<Element>;

@compute @workgroup_size(64)
fn sum_rows(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let column = linear_thread(group, groups, local);
  if (column >= sizes.columns) {
    return;
  }
  var sum = Element(0.0);
  for (var row = 0u; row < sizes.rows; row++) {
    sum += x[row * sizes.stride + column];
  }
  sums[column] = sum;
}
