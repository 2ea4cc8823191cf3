// parts[chunk, d, tap] = sum over the output rows (b, h, ot, oh) of the chunk and over ow of
// dOut[b, h, o, d] * qkv[b, z(o, tap), third, h, d]. `matmul/sum_parts.wgsl` adds the chunks up. CLS has no part in it.
//   1 qkv [batch, tokensIn, 3, heads, width]     2 dOut [batch, heads, tokensOut, width]     3 parts [chunks, width, taps]
// A thread owns one (tap, d); neighbouring threads have neighbouring channels.
// Launch: x covers taps * width threads in groups of 64, y is the chunk.
struct Sizes {
  tokensIn: u32, tokensOut: u32, heads: u32, width: u32, third: u32, cls: u32,
  inT: u32, inH: u32, inW: u32,
  outT: u32, outH: u32, outW: u32,
  kt: u32, kh: u32, kw: u32,
  st: u32, sh: u32, sw: u32,
  rows: u32, rowsPerChunk: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> qkv: array<f32>;
@group(0) @binding(2) var<storage, read_write> dOut: array<f32>;
@group(0) @binding(3) var<storage, read_write> parts: array<f32>;

@compute @workgroup_size(64)
fn pool_heads_gradient_weight(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  let taps = s.kt * s.kh * s.kw;
  if (thread >= taps * s.width) { return; }
  let d = thread % s.width;
  let tap = thread / s.width;
  let l = tap % s.kw;
  let j = tap / s.kw % s.kh;
  let i = tap / (s.kw * s.kh);
  let stride = 3u * s.heads * s.width;
  // Outputs along w whose input at this tap lies on the grid: start <= ow < until.
  let padding = s.kw / 2u;
  let start = (max(padding, l) - l + s.sw - 1u) / s.sw;
  var until = 0u;
  if (s.inW + padding > l) { until = min(s.outW, (s.inW + padding - l - 1u) / s.sw + 1u); }
  var sum = 0.0;
  let end = min(s.rows, (group.y + 1u) * s.rowsPerChunk);
  for (var row = group.y * s.rowsPerChunk; row < end; row++) {
    let oh = row % s.outH;
    let ot = row / s.outH % s.outT;
    let item = row / (s.outH * s.outT);
    let zt = ot * s.st + i - s.kt / 2u;
    let zh = oh * s.sh + j - s.kh / 2u;
    if (zt >= s.inT || zh >= s.inH) { continue; }
    let batch = item / s.heads;
    let head = item % s.heads;
    var a = (item * s.tokensOut + s.cls + (ot * s.outH + oh) * s.outW + start) * s.width + d;
    var b = (batch * s.tokensIn + s.cls + (zt * s.inH + zh) * s.inW + start * s.sw + l - padding) * stride
      + (s.third * s.heads + head) * s.width + d;
    for (var ow = start; ow < until; ow++) {
      sum += dOut[a] * qkv[b];
      a += s.width;
      b += s.sw * stride;
    }
  }
  parts[(group.y * s.width + d) * taps + tap] = sum;
}
