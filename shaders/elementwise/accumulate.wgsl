// y = weight * x, or y += weight * x when it is not the first: one term of a weighted sum of scalars.
// Bindings: 1 x [1], 2 y [1]. Launch: one thread.
struct Sizes {
  first: u32,
  weight: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(1)
fn accumulate() {
  let term = sizes.weight * x[0];
  if (sizes.first == 1u) {
    y[0] = term;
  } else {
    y[0] += term;
  }
}
