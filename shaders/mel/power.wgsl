// Power spectrum of windowed frames: |X_k|^2 with X_k = sum_n gain * window[n] * x[t * hop + n - 512] * exp(-2 pi i n k / 1024).
// Samples before the start and after the end are mirrored without repeating the edge (x[-k] = x[k]).
//
// A frame of 1024 real samples is one complex transform of 512 points, z[n] = x[2n] + i x[2n+1], in three radix-8 passes
// (decimation in frequency), one dispatch each: an invocation holds eight numbers in registers and puts them back where
// it found them. Place 64 a + 8 b + c of the spectrum then holds Z_k with k = a + 8 b + 64 c. The last pass takes the
// eights of k and of 512 - k together and unfolds both into the real spectrum.
// There are no barriers: one dispatch with workgroup memory took six times as long on SwiftShader (650 ms against 100 ms
// for 16 clips of 288 frames), and the traffic of some 30 KB per frame is little to a GPU.
//
// transform_frames     binding 1 waveform [batch, samples], 2 window [1024], 3 twiddles [1024], 4 spectrum (out)
// transform_middle     binding 1 twiddles, 2 spectrum (changed in place)
// power_of_frames      binding 1 twiddles, 2 spectrum, 3 gain [batch], 4 power [batch, frames, 513] (out)
// twiddles: exp(-2 pi i j / 1024), float64 on the host. spectrum: complex [batch * frames, 512].
// Launch: workgroups of 64; 64 invocations per frame, in power_of_frames 33.

struct Uniforms {
  batch: u32,
  samples: u32,
  frames: u32,
  hop: u32,
}

@group(0) @binding(0) var<uniform> u: Uniforms;
#if FIRST
@group(0) @binding(1) var<storage, read_write> waveform: array<f32>;
@group(0) @binding(2) var<storage, read_write> window: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> twiddles: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> spectrum: array<vec2f>;
#else
@group(0) @binding(1) var<storage, read_write> twiddles: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> spectrum: array<vec2f>;
#endif
#if LAST
@group(0) @binding(3) var<storage, read_write> gain: array<f32>;
@group(0) @binding(4) var<storage, read_write> power: array<f32>;
#endif

const HALF_ROOT = 0.70710678118654752;

fn multiply(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}

// a * -i
fn turn(a: vec2f) -> vec2f {
  return vec2f(a.y, -a.x);
}

struct Four {
  y0: vec2f, y1: vec2f, y2: vec2f, y3: vec2f,
}

fn transform_4(a: vec2f, b: vec2f, c: vec2f, d: vec2f) -> Four {
  let p = a + c;
  let q = a - c;
  let r = b + d;
  let s = turn(b - d);
  return Four(p + r, q + s, p - r, q - s);
}

struct Eight {
  y0: vec2f, y1: vec2f, y2: vec2f, y3: vec2f, y4: vec2f, y5: vec2f, y6: vec2f, y7: vec2f,
}

fn transform_8(v: Eight) -> Eight {
  let d1 = v.y1 - v.y5;
  let d3 = v.y3 - v.y7;
  let even = transform_4(v.y0 + v.y4, v.y1 + v.y5, v.y2 + v.y6, v.y3 + v.y7);
  let odd = transform_4(
    v.y0 - v.y4,
    HALF_ROOT * vec2f(d1.x + d1.y, d1.y - d1.x),
    turn(v.y2 - v.y6),
    HALF_ROOT * vec2f(d3.y - d3.x, -d3.x - d3.y),
  );
  return Eight(even.y0, odd.y0, even.y1, odd.y1, even.y2, odd.y2, even.y3, odd.y3);
}

fn load_eight(start: u32, stride: u32) -> Eight {
  return Eight(
    spectrum[start],
    spectrum[start + stride],
    spectrum[start + 2u * stride],
    spectrum[start + 3u * stride],
    spectrum[start + 4u * stride],
    spectrum[start + 5u * stride],
    spectrum[start + 6u * stride],
    spectrum[start + 7u * stride],
  );
}

// Puts back eight outputs, number q turned by exp(-2 pi i * step * q / 1024).
fn store_turned(v: Eight, step: u32, start: u32, stride: u32) {
  spectrum[start] = v.y0;
  spectrum[start + stride] = multiply(v.y1, twiddles[step]);
  spectrum[start + 2u * stride] = multiply(v.y2, twiddles[2u * step]);
  spectrum[start + 3u * stride] = multiply(v.y3, twiddles[3u * step]);
  spectrum[start + 4u * stride] = multiply(v.y4, twiddles[4u * step]);
  spectrum[start + 5u * stride] = multiply(v.y5, twiddles[5u * step]);
  spectrum[start + 6u * stride] = multiply(v.y6, twiddles[6u * step]);
  spectrum[start + 7u * stride] = multiply(v.y7, twiddles[7u * step]);
}

#if FIRST
fn mirrored(row: u32, position: i32) -> f32 {
  let last = i32(u.samples) - 1;
  return waveform[row + u32(last - abs(last - abs(position)))];
}

fn sample_pair(row: u32, start: i32, n: u32) -> vec2f {
  let position = start + i32(2u * n);
  return window[n] * vec2f(mirrored(row, position), mirrored(row, position + 1));
}

@compute @workgroup_size(64)
fn transform_frames(
  @builtin(local_invocation_index) j: u32,
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let frame = id.y * groups.x + id.x;
  if (frame >= u.batch * u.frames) {
    return;
  }
  let clip = frame / u.frames;
  let row = clip * u.samples;
  let start = i32((frame - clip * u.frames) * u.hop) - 512;
  let samples = Eight(
    sample_pair(row, start, j),
    sample_pair(row, start, j + 64u),
    sample_pair(row, start, j + 128u),
    sample_pair(row, start, j + 192u),
    sample_pair(row, start, j + 256u),
    sample_pair(row, start, j + 320u),
    sample_pair(row, start, j + 384u),
    sample_pair(row, start, j + 448u),
  );
  store_turned(transform_8(samples), 2u * j, 512u * frame + j, 64u);
}
#else
#if LAST
// X_k = E + W^k O and X_(512-k) = conj(E - W^k O), with E and O the spectra of the even and odd samples.
fn unfold(a: vec2f, b: vec2f, k: u32, row: u32, scale: f32) {
  let even = 0.5 * vec2f(a.x + b.x, a.y - b.y);
  let odd = multiply(twiddles[k], 0.5 * vec2f(a.y + b.y, b.x - a.x));
  let low = even + odd;
  let high = even - odd;
  power[row + k] = scale * dot(low, low);
  power[row + 512u - k] = scale * dot(high, high);
}

// Where the eight Z_k with k = g + 64 r start.
fn eight_of(g: u32) -> u32 {
  return 64u * (g & 7u) + 8u * (g >> 3u);
}

@compute @workgroup_size(64)
fn power_of_frames(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let index = (id.y * groups.x + id.x) * 64u + local;
  let frame = index / 33u;
  if (frame >= u.batch * u.frames) {
    return;
  }
  let g = index - 33u * frame;
  let a = transform_8(load_eight(512u * frame + eight_of(g), 1u));
  let b = transform_8(load_eight(512u * frame + eight_of((64u - g) & 63u), 1u));
  // 512 - k = (64 - g) + 64 (7 - r), but for g = 0 it is 64 (8 - r).
  let aligned = g == 0u;
  // Power is quadratic in the gain, so that it enters here once instead of at every sample.
  let factor = gain[frame / u.frames];
  let scale = factor * factor;
  let row = 513u * frame;
  unfold(a.y0, select(b.y7, b.y0, aligned), g, row, scale);
  unfold(a.y1, select(b.y6, b.y7, aligned), g + 64u, row, scale);
  unfold(a.y2, select(b.y5, b.y6, aligned), g + 128u, row, scale);
  unfold(a.y3, select(b.y4, b.y5, aligned), g + 192u, row, scale);
  unfold(a.y4, select(b.y3, b.y4, aligned), g + 256u, row, scale);
  unfold(a.y5, select(b.y2, b.y3, aligned), g + 320u, row, scale);
  unfold(a.y6, select(b.y1, b.y2, aligned), g + 384u, row, scale);
  unfold(a.y7, select(b.y0, b.y1, aligned), g + 448u, row, scale);
}
#else
@compute @workgroup_size(64)
fn transform_middle(
  @builtin(local_invocation_index) j: u32,
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let frame = id.y * groups.x + id.x;
  if (frame >= u.batch * u.frames) {
    return;
  }
  let start = 512u * frame + 64u * (j >> 3u) + (j & 7u);
  store_turned(transform_8(load_eight(start, 8u)), 16u * (j & 7u), start, 8u);
}
#endif
#endif
