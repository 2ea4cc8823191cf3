// y[i] = data[rows[i]], a row of zeros where the number is no row of data.
// Bindings: 1 data [items, D], 2 rows [N], 3 y [N, D]. Sizes in Elements. Launch: a thread per Element of y.
// Variants: VEC4 (D a multiple of 4).
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  count: u32,
  width: u32,
  items: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> data: array<Element>;
@group(0) @binding(2) var<storage, read_write> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<Element>;

@compute @workgroup_size(64)
fn gather_rows(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.count) {
    return;
  }
  let row = rows[i / sizes.width];
  var value = Element(0.0);
  if (row < sizes.items) {
    value = data[row * sizes.width + i % sizes.width];
  }
  y[i] = value;
}
