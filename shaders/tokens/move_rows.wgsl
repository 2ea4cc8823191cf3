// y[o, r] = x[o, r - shift] where that row exists, else 0: slices, takes and pads rows.
// Bindings: 1 x [outer, in_rows, width], 2 y [outer, out_rows, width]. Sizes in Elements; `shift` is a signed number of
// rows. Launch: a thread per Element of y. Variants: VEC4 (width a multiple of 4).
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  outer: u32,
  in_rows: u32,
  out_rows: u32,
  width: u32,
  shift: i32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> y: array<Element>;

@compute @workgroup_size(64)
fn move_rows(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.outer * sizes.out_rows * sizes.width) {
    return;
  }
  let row = i / sizes.width;
  let source = i32(row % sizes.out_rows) - sizes.shift;
  if (source < 0 || source >= i32(sizes.in_rows)) {
    y[i] = Element(0.0);
  } else {
    y[i] = x[(row / sizes.out_rows * sizes.in_rows + u32(source)) * sizes.width + i % sizes.width];
  }
}
