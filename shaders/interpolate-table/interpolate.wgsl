// Linear interpolation along rows, align_corners = false: row r reads at x = max(0, (r + 1/2) rowsIn / rowsOut - 1/2),
// out[r] = (1 - f) table[i] + f table[min(i + 1, rowsIn - 1)], i = floor(x), f = x - i.
// Positions are ratios of integers, so that i is exact and f has one rounding.
//   interpolate_rows:            1 table [rowsIn, width]     2 out [rowsOut, width]
//   interpolate_rows_gradient:   1 dOut [rowsOut, width]     2 dTable [rowsIn, width], gathered in order of r
// Launch: x covers the elements of binding 2 in groups of 64.
struct Sizes { rowsIn: u32, rowsOut: u32, width: u32 }
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;

// Where output row r reads: row i, and f in steps of 1 / (2 rowsOut).
fn position(r: u32) -> vec2u {
  let reach = (2u * r + 1u) * s.rowsIn;
  let x = max(reach, s.rowsOut) - s.rowsOut;
  return vec2u(x / (2u * s.rowsOut), x % (2u * s.rowsOut));
}

@compute @workgroup_size(64)
fn interpolate_rows(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= s.rowsOut * s.width) { return; }
  let d = id.x % s.width;
  let at = position(id.x / s.width);
  let f = f32(at.y) / f32(2u * s.rowsOut);
  let low = source[at.x * s.width + d];
  let high = source[min(at.x + 1u, s.rowsIn - 1u) * s.width + d];
  result[id.x] = (1.0 - f) * low + f * high;
}

@compute @workgroup_size(64)
fn interpolate_rows_gradient(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= s.rowsIn * s.width) { return; }
  let d = id.x % s.width;
  let i = id.x / s.width;
  // Only rows that read within (i - 1, i + 1) can have a part, give or take one for rounding.
  let reach = max(2u * i, 1u) - 1u;
  let start = max(reach * s.rowsOut / (2u * s.rowsIn), 2u) - 2u;
  let end = min(s.rowsOut, (2u * i + 3u) * s.rowsOut / (2u * s.rowsIn) + 2u);
  var sum = 0.0;
  for (var r = start; r < end; r++) {
    let at = position(r);
    let f = f32(at.y) / f32(2u * s.rowsOut);
    var weight = 0.0;
    if (at.x == i) { weight += 1.0 - f; }
    if (min(at.x + 1u, s.rowsIn - 1u) == i) { weight += f; }
    sum += weight * source[r * s.width + d];
  }
  result[id.x] = sum;
}
