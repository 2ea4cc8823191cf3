// parts[chunk, d, tap] = sum over the output rows (b, h, ot, oh) of the chunk and over ow of
// dOut[b, h, o, d] * qkv[b, z(o, tap), third, h, d]. `matmul/sum_parts.wgsl` adds the chunks up. CLS has no part in it.
//   1 qkv [batch, tokensIn, 3, heads, width]     2 dOut [batch, heads, tokensOut, width]     3 parts [chunks, width, taps]
// A thread owns three neighbouring taps along w of one channel; neighbouring threads have neighbouring channels.
// Launch: x covers kt * kh * ceil(kw / 3) * width threads in groups of 64, y is the chunk.
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

// An input of one row, 0 outside.
fn input_at(base: u32, column: u32, stride: u32) -> f32 {
  return select(0.0, qkv[base + min(column, s.inW - 1u) * stride], column < s.inW);
}

@compute @workgroup_size(64)
fn pool_heads_gradient_weight(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  let threes = (s.kw + 2u) / 3u;
  let d = thread % s.width;
  let l = thread / s.width % threes * 3u;
  let kernelRow = thread / (s.width * threes);
  if (kernelRow >= s.kt * s.kh) { return; }
  let i = kernelRow / s.kh;
  let j = kernelRow % s.kh;
  let stride = 3u * s.heads * s.width;
  let offset = l - s.kw / 2u;
  var sum = vec3f();
  let end = min(s.rows, (group.y + 1u) * s.rowsPerChunk);
  for (var row = group.y * s.rowsPerChunk; row < end; row++) {
    let oh = row % s.outH;
    let ot = row / s.outH % s.outT;
    let item = row / (s.outH * s.outT);
    // Positions before the start wrap to huge numbers, so that one comparison guards both ends.
    let zt = ot * s.st + i - s.kt / 2u;
    let zh = oh * s.sh + j - s.kh / 2u;
    if (zt >= s.inT || zh >= s.inH) { continue; }
    let inputs = (item / s.heads * s.tokensIn + s.cls + (zt * s.inH + zh) * s.inW) * stride
      + (s.third * s.heads + item % s.heads) * s.width + d;
    var at = (item * s.tokensOut + s.cls + (ot * s.outH + oh) * s.outW) * s.width + d;
    // Loops, not branches, choose by stride: software adapters run both sides of a branch.
    // With stride 1 two of the three inputs are those of the previous output.
    var x = vec3f(0.0, input_at(inputs, offset, stride), input_at(inputs, offset + 1u, stride));
    for (var ow = 0u; ow < s.outW && s.sw == 1u; ow++) {
      x = vec3f(x.y, x.z, input_at(inputs, ow + offset + 2u, stride));
      sum += dOut[at] * x;
      at += s.width;
    }
    for (var ow = 0u; ow < s.outW && s.sw > 1u; ow++) {
      let zw = ow * s.sw + offset;
      x = vec3f(input_at(inputs, zw, stride), input_at(inputs, zw + 1u, stride), input_at(inputs, zw + 2u, stride));
      sum += dOut[at] * x;
      at += s.width;
    }
  }
  let to = (group.y * s.width + d) * s.kt * s.kh * s.kw + kernelRow * s.kw + l;
  for (var c = 0u; c < min(3u, s.kw - l); c++) { parts[to + c] = sum[c]; }
}
