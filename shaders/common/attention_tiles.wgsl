// Tiles of 32 x 32 in workgroup memory, and the two products that attention is made of, for 64 threads as 8 x 8: thread
// (y, x) owns rows 4 y .. 4 y + 3. All rows lie 9 vec4 apart, so that neighbours hit different banks.
//   left    32 rows of 32 channels
//   right   32 rows of 32 channels; for `tile_scores` row r lies at `score_slot(r)`
//   tile    32 rows of 32 weights
const PITCH = 9u;
var<workgroup> left: array<vec4f, 288>;
var<workgroup> right: array<vec4f, 288>;
var<workgroup> tile: array<vec4f, 288>;

fn score_slot(row: u32) -> u32 { return (row % 4u * 8u + row / 4u) * PITCH; }

// Adds left[4 y + i] . right[4 x + j] to component j of column i.
fn tile_scores(y: u32, x: u32, sum: mat4x4f) -> mat4x4f {
  var scores = sum;
  for (var c = 0u; c < 8u; c++) {
    let columns = mat4x4f(right[x * PITCH + c], right[(8u + x) * PITCH + c], right[(16u + x) * PITCH + c], right[(24u + x) * PITCH + c]);
    scores += mat4x4f(
      left[4u * y * PITCH + c] * columns, left[(4u * y + 1u) * PITCH + c] * columns,
      left[(4u * y + 2u) * PITCH + c] * columns, left[(4u * y + 3u) * PITCH + c] * columns);
  }
  return scores;
}

// Adds the sum over r of tile[4 y + i][r] right[r] to column i: block x of the channels.
fn tile_rows(y: u32, x: u32, sum: mat4x4f) -> mat4x4f {
  var rows = sum;
  for (var r = 0u; r < 8u; r++) {
    let four = mat4x4f(right[4u * r * PITCH + x], right[(4u * r + 1u) * PITCH + x], right[(4u * r + 2u) * PITCH + x], right[(4u * r + 3u) * PITCH + x]);
    rows += four * mat4x4f(
      tile[4u * y * PITCH + r], tile[(4u * y + 1u) * PITCH + r],
      tile[(4u * y + 2u) * PITCH + r], tile[(4u * y + 3u) * PITCH + r]);
  }
  return rows;
}

fn set_tile(y: u32, x: u32, weights: mat4x4f) {
  for (var i = 0u; i < 4u; i++) { tile[(4u * y + i) * PITCH + x] = weights[i]; }
}
