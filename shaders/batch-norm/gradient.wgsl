// With xhat = (x - mean) / sqrt(variance + eps), for each column over the N rows of a batch:
// dbias = sum(dy), dweight = sum(dy * xhat), dx = weight / sqrt(variance + eps) * (dy - dbias / N - xhat * dweight / N).
// Bindings: 1 x [N, D], 2 weight [D], 3 mean [D], 4 variance [D], 5 dy [N, D], 6 dx [N, D], 7 dweight [D], 8 dbias [D].
// Sizes in Elements. Launch: a thread per column. Variants: VEC4 (D a multiple of 4).
#import "common/element.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  rows: u32,
  width: u32,
  inverse: f32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> weight: array<Element>;
@group(0) @binding(3) var<storage, read_write> mean: array<Element>;
@group(0) @binding(4) var<storage, read_write> variance: array<Element>;
@group(0) @binding(5) var<storage, read_write> dy: array<Element>;
@group(0) @binding(6) var<storage, read_write> dx: array<Element>;
@group(0) @binding(7) var<storage, read_write> dweight: array<Element>;
@group(0) @binding(8) var<storage, read_write> dbias: array<Element>;

@compute @workgroup_size(64)
fn column_gradient(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let c = linear_thread(group, groups, local);
  if (c >= sizes.width) {
    return;
  }
  let end = sizes.rows * sizes.width;
  let m = mean[c];
  let scale = 1.0 / sqrt(variance[c] + sizes.eps);
  var sum = Element(0.0);
  var product = Element(0.0);
  for (var at = c; at < end; at += sizes.width) {
    sum += dy[at];
    product = fma(dy[at], (x[at] - m) * scale, product);
  }
  for (var at = c; at < end; at += sizes.width) {
    let normalised = (x[at] - m) * scale;
    dx[at] = weight[c] * scale * (dy[at] - (sum + normalised * product) * sizes.inverse);
  }
  dweight[c] = product;
  dbias[c] = sum;
}
