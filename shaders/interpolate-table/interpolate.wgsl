// Linear interpolation along rows: out[r] = low table[i] + high table[min(i + 1, rowsIn - 1)], where (i, low, high) of
// every r come from the host (`src/ops/interpolate-table.ts`) as three words, the weights as bits of float32.
//   interpolate_rows:            1 table [rowsIn, width]     2 places u32 [rowsOut, 3]     3 out [rowsOut, width]
//   interpolate_rows_gradient:   1 dOut [rowsOut, width]     2 places u32 [rowsOut, 3]     3 dTable [rowsIn, width],
//                                gathered in order of r
// Launch: x covers the elements of binding 3 in groups of 64.
struct Sizes { rowsIn: u32, rowsOut: u32, width: u32 }
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> places: array<u32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(64)
fn interpolate_rows(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= s.rowsOut * s.width) { return; }
  let d = id.x % s.width;
  let place = id.x / s.width * 3u;
  let i = places[place];
  let low = bitcast<f32>(places[place + 1u]) * source[i * s.width + d];
  let high = bitcast<f32>(places[place + 2u]) * source[min(i + 1u, s.rowsIn - 1u) * s.width + d];
  result[id.x] = low + high;
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
    let first = places[3u * r];
    var weight = 0.0;
    if (first == i) { weight += bitcast<f32>(places[3u * r + 1u]); }
    if (min(first + 1u, s.rowsIn - 1u) == i) { weight += bitcast<f32>(places[3u * r + 2u]); }
    sum += weight * source[r * s.width + d];
  }
  result[id.x] = sum;
}
