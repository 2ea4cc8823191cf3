// Way back through hidden_norm.wgsl. With d = dy / (1 - rate) where y > 0, else 0, and xhat as there, for each unit:
// dweight = sum(d * xhat), dbias = sum(d), dx = weight / sqrt(variance + eps) * (d - (dbias + xhat * dweight) / count);
// dx = 0 behind the first `count` columns.
// Bindings: 1 x [P, H, N], 2 norm [P, H] of (weight, bias), 3 state [P], 4 statistics [P, H] of (mean, variance),
// 5 y [P, H, N], 6 dy [P, H, N], 7 dx [P, H, N], 8 dnorm [P, H] of (dweight, dbias). Launch and variants: as there.
#import "common/row_sum.wgsl"
struct Sizes {
  units: u32,
  features: u32,
  width: u32,
  factor: f32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> norm: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> state: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> statistics: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dy: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> dnorm: array<vec2f>;

fn total(v: vec4f) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

@compute @workgroup_size(64)
fn unit_gradient(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let wanted = (group.y * groups.x + group.x) * (64u / LANES) + local / LANES;
  let unit = min(wanted, sizes.units - 1u);
  let base = unit * sizes.width;
  let lane = local % LANES;
  let count = state[unit / sizes.features].x;
  let inverse = 1.0 / f32(max(count, 1u));
  let moments = statistics[unit];
  let scale = 1.0 / sqrt(moments.y + sizes.eps);
  var sum = vec4f();
  var product = vec4f();
  for (var i = lane; i < sizes.width; i += LANES) {
    let d = select(vec4f(), dy[base + i] * sizes.factor, y[base + i] > vec4f());
    sum += d;
    product = fma(d, (x[base + i] - moments.x) * scale, product);
  }
  let dbias = row_sum(total(sum), local);
  let dweight = row_sum(total(product), local);
  if (wanted < sizes.units) {
    let slope = scale * norm[unit].x;
    for (var i = lane; i < sizes.width; i += LANES) {
      let d = select(vec4f(), dy[base + i] * sizes.factor, y[base + i] > vec4f());
      let normalised = (x[base + i] - moments.x) * scale;
      let all = slope * (d - (dbias + normalised * dweight) * inverse);
      dx[base + i] = select(vec4f(), all, 4u * i + vec4u(0u, 1u, 2u, 3u) < vec4u(count));
    }
    if (lane == 0u) {
      dnorm[unit] = vec2f(dweight, dbias);
    }
  }
}
