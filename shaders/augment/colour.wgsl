// Changes the colours of clips, frame by frame, each in the order brightness, contrast, saturation, hue, grey, as
// torchvision's `adjust_*` do one by one: blends with black, with the frame's mean grey, with each pixel's grey, clamped to
// [0, 1] each time; then a turn of the hue; then, where asked for, grey alone.
//
// binding 1  clips   [batch, 3, times, size, size], 0 to 1
// binding 2  table   [batch, 5]: factors of brightness, contrast, saturation; hue in turns; grey (0 or 1)
// binding 3  output  as clips (out)
// Launch: a workgroup of 64 per frame.

#import "common/workgroup_sum.wgsl"

struct Uniforms {
  frames: u32,
  times: u32,
  // Pixels of a frame.
  plane: u32,
}

@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var<storage, read_write> clips: array<f32>;
@group(0) @binding(2) var<storage, read_write> table: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

fn grey_of(colour: vec3f) -> f32 {
  return dot(colour, vec3f(0.2989, 0.587, 0.114));
}

fn blend(other: vec3f, colour: vec3f, factor: f32) -> vec3f {
  return clamp(other + factor * (colour - other), vec3f(0.0), vec3f(1.0));
}

// Hue in turns, saturation, value.
fn to_hsv(c: vec3f) -> vec3f {
  let value = max(c.r, max(c.g, c.b));
  let range = value - min(c.r, min(c.g, c.b));
  if (range <= 0.0) {
    return vec3f(0.0, 0.0, value);
  }
  var sector = 4.0 + (c.r - c.g) / range;
  if (value == c.r) {
    sector = (c.g - c.b) / range;
  } else if (value == c.g) {
    sector = 2.0 + (c.b - c.r) / range;
  }
  return vec3f(fract(sector / 6.0), range / value, value);
}

fn to_rgb(hsv: vec3f) -> vec3f {
  let ramps = abs(fract(vec3f(hsv.x) + vec3f(1.0, 2.0 / 3.0, 1.0 / 3.0)) * 6.0 - 3.0) - 1.0;
  return hsv.z * mix(vec3f(1.0), clamp(ramps, vec3f(0.0), vec3f(1.0)), hsv.y);
}

@compute @workgroup_size(64)
fn change_colours(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let frame = id.y * groups.x + id.x;
  let clip = frame / u.times;
  let row = 5u * min(clip, (u.frames - 1u) / u.times);
  let first = (3u * clip * u.times + frame % u.times) * u.plane;
  let next = u.times * u.plane;
  let brightness = table[row];
  let last = select(0u, u.plane, frame < u.frames);

  var part = 0.0;
  for (var i = local; i < last; i += 64u) {
    let colour = vec3f(clips[first + i], clips[first + next + i], clips[first + 2u * next + i]);
    part += grey_of(blend(vec3f(0.0), colour, brightness));
  }
  let mean = workgroup_sum(part, local) / f32(u.plane);

  for (var i = local; i < last; i += 64u) {
    var colour = vec3f(clips[first + i], clips[first + next + i], clips[first + 2u * next + i]);
    colour = blend(vec3f(0.0), colour, brightness);
    colour = blend(vec3f(mean), colour, table[row + 1u]);
    colour = blend(vec3f(grey_of(colour)), colour, table[row + 2u]);
    let hsv = to_hsv(colour);
    colour = to_rgb(vec3f(fract(hsv.x + table[row + 3u] + 1.0), hsv.yz));
    colour = mix(colour, vec3f(grey_of(colour)), table[row + 4u]);
    output[first + i] = colour.r;
    output[first + next + i] = colour.g;
    output[first + 2u * next + i] = colour.b;
  }
}
