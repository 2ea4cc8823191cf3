// out[b, n, (c, i, j, l)] = x[b, c, t st - pt + i, h sh - ph + j, w sw - pw + l], 0 outside, with n = (t, h, w).
//   1 x [batch, channels, inT, inH, inW]     2 out [batch, tokens, channels * kt * kh * kw]
// A thread copies one kernel row: all l of one (n, c, i, j).
// Launch: x covers `threads` = tokens * channels * kt * kh in groups of 64, y is the batch.
struct Sizes {
  threads: u32, channels: u32,
  inT: u32, inH: u32, inW: u32,
  outH: u32, outW: u32,
  kt: u32, kh: u32, kw: u32,
  st: u32, sh: u32, sw: u32,
  pt: u32, ph: u32, pw: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn unfold_patches(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  if (thread >= s.threads) { return; }
  let kernelRows = s.channels * s.kt * s.kh;
  let token = thread / kernelRows;
  let kernelRow = thread % kernelRows;
  let j = kernelRow % s.kh;
  let i = kernelRow / s.kh % s.kt;
  let c = kernelRow / (s.kh * s.kt);
  let w = token % s.outW;
  let h = token / s.outW % s.outH;
  let t = token / (s.outW * s.outH);
  // Positions before the start wrap to huge numbers, so that one comparison guards both ends.
  let zt = t * s.st + i - s.pt;
  let zh = h * s.sh + j - s.ph;
  let insideRow = zt < s.inT && zh < s.inH;
  let rowStart = (((group.y * s.channels + c) * s.inT + zt) * s.inH + zh) * s.inW;
  let to = (group.y * s.threads + thread) * s.kw;
  for (var l = 0u; l < s.kw; l++) {
    let zw = w * s.sw + l - s.pw;
    var value = 0.0;
    if (insideRow && zw < s.inW) { value = x[rowStart + zw]; }
    out[to + l] = value;
  }
}
