// out[b, h, o, d] = sum over taps of weight[d, tap] * qkv[b, z(o, tap), third, h, d]: a depthwise convolution over the
// token grid with padding kernel/2, the same for every head. CLS, when there is one, is copied.
//   1 qkv [batch, tokensIn, 3, heads, width]     2 weight [width, kt, kh, kw]     3 out [batch, heads, tokensOut, width]
// A thread computes a row of outputs along w of one channel, 4 at a time: neighbouring threads read neighbouring channels,
// and the divisions that find the row, dear on software adapters, are done once.
// Variants: NEAR for three taps along w with stride 1, where neighbouring outputs share their inputs.
// Launch: x covers (outT * outH + cls) * width threads in groups of 64, y is batch * heads.
struct Sizes {
  tokensIn: u32, tokensOut: u32, heads: u32, width: u32, third: u32, cls: u32,
  inT: u32, inH: u32, inW: u32,
  outT: u32, outH: u32, outW: u32,
  kt: u32, kh: u32, kw: u32,
  st: u32, sh: u32, sw: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> qkv: array<f32>;
@group(0) @binding(2) var<storage, read_write> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

#if NEAR
// An input of one row, 0 outside.
fn input_at(rowStart: u32, column: u32, stride: u32) -> f32 {
  return select(0.0, qkv[rowStart + min(column, s.inW - 1u) * stride], column < s.inW);
}
#endif

@compute @workgroup_size(64)
fn pool_heads(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  let d = thread % s.width;
  let row = thread / s.width;
  let rows = s.outT * s.outH;
  let stride = 3u * s.heads * s.width;
  let source = group.y / s.heads * s.tokensIn * stride + (s.third * s.heads + group.y % s.heads) * s.width + d;
  let to = group.y * s.tokensOut * s.width + d;
  if (row >= rows) {
    if (row == rows && s.cls == 1u) { out[to] = qkv[source]; }
    return;
  }
  let h = row % s.outH;
  let t = row / s.outH;
  for (var w = 0u; w < s.outW; w += 4u) {
    let columns = vec4u(w, w + 1u, w + 2u, w + 3u) * s.sw;
    var sum = vec4f();
    for (var i = 0u; i < s.kt; i++) {
      // Positions before the start wrap to huge numbers, so that one comparison guards both ends.
      let zt = t * s.st + i - s.kt / 2u;
      if (zt >= s.inT) { continue; }
      for (var j = 0u; j < s.kh; j++) {
        let zh = h * s.sh + j - s.kh / 2u;
        if (zh >= s.inH) { continue; }
        let rowStart = source + (s.cls + (zt * s.inH + zh) * s.inW) * stride;
        let tap = d * s.kt * s.kh * s.kw + (i * s.kh + j) * s.kw;
#if NEAR
        let left = input_at(rowStart, w - 1u, stride);
        let middle = vec4f(input_at(rowStart, w, stride), input_at(rowStart, w + 1u, stride),
          input_at(rowStart, w + 2u, stride), input_at(rowStart, w + 3u, stride));
        let right = input_at(rowStart, w + 4u, stride);
        sum += weight[tap] * vec4f(left, middle.xyz) + weight[tap + 1u] * middle + weight[tap + 2u] * vec4f(middle.yzw, right);
#else
        for (var l = 0u; l < s.kw; l++) {
          let zw = columns + vec4u(l - s.kw / 2u);
          let at = rowStart + min(zw, vec4u(s.inW - 1u)) * stride;
          let values = vec4f(qkv[at.x], qkv[at.y], qkv[at.z], qkv[at.w]);
          sum += weight[tap + l] * select(vec4f(), values, zw < vec4u(s.inW));
        }
#endif
      }
    }
    let first = to + (s.cls + row * s.outW + w) * s.width;
    for (var n = 0u; n < 4u; n++) {
      if (w + n < s.outW) { out[first + n * s.width] = sum[n]; }
    }
  }
}
