// Video frames as they left the decoder -> network input: colour matrix, bilinear resize, crop, flip, divide by 255.
//
// Samples of a pixel c = (Y, U, V) or (R, G, B); r_i = clamp((matrix_i . c + bias_i) >> 16, 0, 255) in integers, so
// that RGB is rounded to 8 bit first, as the authors' reader does. Chroma is that of the nearest chroma sample.
// Resizing has align_corners = false and no antialiasing: source position = (d + 1/2) in / out - 1/2, at least 0, kept
// as an exact fraction ((2 d + 1) in - out) / (2 out). Sizes are those of the picture as shown, after its rotation.
//
// binding 1  bytes   all planes of all frames, four bytes per entry
// binding 2  table   [batch * times, 32], one row per frame:
//              0-2 byte offset of each channel's first sample; 3, 4 row stride of channel 0, of channels 1 and 2;
//              5, 6 bytes from sample to sample, likewise; 7, 8 log2 of the chroma subsampling in x, in y;
//              9 bytes per sample (1 or 2); 10, 11 stored width, height; 12 rotation in quarter turns clockwise;
//              13, 14 width, height after resizing; 15, 16 crop offset x, y; 17 mirror (0 or 1);
//              18-26 matrix, row by row, 27-29 bias (as i32, 16 fractional bits)
// binding 3  output  [batch, 3, times, size, size]  (out)
// Launch: workgroups of 64; an invocation does every `lanes`-th pixel of one row, lanes = ceil(size / 4).

#import "common/thread.wgsl"

struct Uniforms {
  frames: u32,
  times: u32,
  size: u32,
  lanes: u32,
}

@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var<storage, read_write> bytes: array<u32>;
@group(0) @binding(2) var<storage, read_write> table: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

struct Frame {
  offsets: vec3u,
  stride: vec2u,
  step: vec2u,
  shift: vec2u,
  wide: bool,
  stored: vec2u,
  rotation: u32,
  shown: vec2u,
  // One row per sample kind: columns of the colour matrix.
  matrix_0: vec3i,
  matrix_1: vec3i,
  matrix_2: vec3i,
  bias: vec3i,
}

fn byte_at(index: u32) -> u32 {
  return (bytes[index >> 2u] >> ((index & 3u) * 8u)) & 255u;
}

fn sample_at(index: u32, wide: bool) -> i32 {
  var value = byte_at(index);
  if (wide) {
    value |= byte_at(index + 1u) << 8u;
  }
  return i32(value);
}

// 8-bit RGB of the picture as shown, at column x and row y.
fn pixel(f: Frame, x: u32, y: u32) -> vec3f {
  var at = vec2u(x, y);
  switch f.rotation {
    case 1u: { at = vec2u(y, f.stored.y - 1u - x); }
    case 2u: { at = vec2u(f.stored.x - 1u - x, f.stored.y - 1u - y); }
    case 3u: { at = vec2u(f.stored.x - 1u - y, x); }
    default: {}
  }
  let chroma = (at.y >> f.shift.y) * f.stride.y + (at.x >> f.shift.x) * f.step.y;
  let value = f.matrix_0 * sample_at(f.offsets.x + at.y * f.stride.x + at.x * f.step.x, f.wide)
    + f.matrix_1 * sample_at(f.offsets.y + chroma, f.wide)
    + f.matrix_2 * sample_at(f.offsets.z + chroma, f.wide)
    + f.bias;
  return vec3f(clamp(value >> vec3u(16u), vec3i(0), vec3i(255)));
}

struct Taps {
  first: u32,
  second: u32,
  weight: f32,
}

// Where output `position` of `after` lies among `before` samples.
fn taps_of(position: u32, before: u32, after: u32) -> Taps {
  let numerator = u32(max(0, i32((2u * position + 1u) * before) - i32(after)));
  let first = numerator / (2u * after);
  return Taps(
    first,
    min(first + 1u, before - 1u),
    f32(numerator - first * 2u * after) / f32(2u * after),
  );
}

fn signed_triple(at: u32, stride: u32) -> vec3i {
  return vec3i(bitcast<i32>(table[at]), bitcast<i32>(table[at + stride]), bitcast<i32>(table[at + 2u * stride]));
}

@compute @workgroup_size(64)
fn frames_to_tensor(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let thread = linear_thread(id, groups, local);
  let lane = thread % u.lanes;
  let y = (thread / u.lanes) % u.size;
  let index = thread / (u.lanes * u.size);
  if (index >= u.frames) {
    return;
  }
  let t = 32u * index;
  let stored = vec2u(table[t + 10u], table[t + 11u]);
  let rotation = table[t + 12u];
  let frame = Frame(
    vec3u(table[t], table[t + 1u], table[t + 2u]),
    vec2u(table[t + 3u], table[t + 4u]),
    vec2u(table[t + 5u], table[t + 6u]),
    vec2u(table[t + 7u], table[t + 8u]),
    table[t + 9u] == 2u,
    stored,
    rotation,
    select(stored, stored.yx, (rotation & 1u) == 1u),
    signed_triple(t + 18u, 3u),
    signed_triple(t + 19u, 3u),
    signed_triple(t + 20u, 3u),
    signed_triple(t + 27u, 1u),
  );
  let resized = vec2u(table[t + 13u], table[t + 14u]);
  let crop = vec2u(table[t + 15u], table[t + 16u]);
  let mirror = table[t + 17u] == 1u;

  let rows = taps_of(crop.y + y, frame.shown.y, resized.y);
  let plane = u.size * u.size;
  let clip = index / u.times;
  let out = ((clip * 3u * u.times + index % u.times) * u.size + y) * u.size;
  for (var x = lane; x < u.size; x += u.lanes) {
    let columns = taps_of(crop.x + select(x, u.size - 1u - x, mirror), frame.shown.x, resized.x);
    let upper = mix(pixel(frame, columns.first, rows.first), pixel(frame, columns.second, rows.first), columns.weight);
    let lower = mix(pixel(frame, columns.first, rows.second), pixel(frame, columns.second, rows.second), columns.weight);
    let colour = mix(upper, lower, rows.weight) / 255.0;
    output[out + x] = colour.r;
    output[out + u.times * plane + x] = colour.g;
    output[out + 2u * u.times * plane + x] = colour.b;
  }
}
