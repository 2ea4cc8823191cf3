// dQkv[b, z, third, h, d] = sum over (o, tap) with z(o, tap) = z of weight[d, tap] * dOut[b, h, o, d]; CLS is copied.
// Gathered per input token in a fixed order. Without a cotangent (present = 0) the third is zero.
//   1 dOut [batch, heads, tokensOut, width]     2 weight [width, kt, kh, kw]     3 dQkv [batch, tokensIn, 3, heads, width]
// A thread computes a row of inputs along w of one channel, 4 at a time: the divisions that find the row and the outputs
// it takes part in, dear on software adapters, are done once.
// Variants: NEAR for three taps along w with stride 1, where neighbouring inputs share their cotangents.
// Launch: x covers (inT * inH + cls) * width threads in groups of 64, y is batch * heads.
struct Sizes {
  tokensIn: u32, tokensOut: u32, heads: u32, width: u32, third: u32, cls: u32,
  inT: u32, inH: u32, inW: u32,
  outT: u32, outH: u32, outW: u32,
  kt: u32, kh: u32, kw: u32,
  st: u32, sh: u32, sw: u32,
  present: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> dOut: array<f32>;
@group(0) @binding(2) var<storage, read_write> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> dQkv: array<f32>;

// The first and one past the last output whose window covers an input in [first, last].
fn outputs_of(first: u32, last: u32, kernel: u32, stride: u32, count: u32) -> vec2u {
  let reach = first + kernel / 2u + 1u;
  let start = select((max(reach, kernel) - kernel + stride - 1u) / stride, 0u, reach <= kernel);
  return vec2u(start, min(count, (last + kernel / 2u) / stride + 1u));
}

#if NEAR
// A cotangent of one row, 0 outside.
fn cotangent_at(rowStart: u32, column: u32) -> f32 {
  return select(0.0, dOut[rowStart + min(column, s.outW - 1u) * s.width], column < s.outW);
}
#endif

@compute @workgroup_size(64)
fn pool_heads_gradient_input(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  let d = thread % s.width;
  let row = thread / s.width;
  let rows = s.inT * s.inH;
  let stride = 3u * s.heads * s.width;
  let to = group.y / s.heads * s.tokensIn * stride + (s.third * s.heads + group.y % s.heads) * s.width + d;
  let source = group.y * s.tokensOut * s.width + d;
  if (row >= rows) {
    if (row == rows && s.cls == 1u) {
      var value = 0.0;
      if (s.present == 1u) { value = dOut[source]; }
      dQkv[to] = value;
    }
    return;
  }
  let h = row % s.inH;
  let t = row / s.inH;
  let rangeT = outputs_of(t, t, s.kt, s.st, s.outT);
  let rangeH = outputs_of(h, h, s.kh, s.sh, s.outH);
  for (var w = 0u; w < s.inW; w += 4u) {
    let columns = vec4u(w, w + 1u, w + 2u, w + 3u) + s.kw / 2u;
    var sum = vec4f();
    if (s.present == 1u) {
      let rangeW = outputs_of(w, w + 3u, s.kw, s.sw, s.outW);
      for (var ot = rangeT.x; ot < rangeT.y; ot++) {
        for (var oh = rangeH.x; oh < rangeH.y; oh++) {
          let i = t + s.kt / 2u - ot * s.st;
          let j = h + s.kh / 2u - oh * s.sh;
          let tap = d * s.kt * s.kh * s.kw + (i * s.kh + j) * s.kw;
          let rowStart = source + (s.cls + (ot * s.outH + oh) * s.outW) * s.width;
#if NEAR
          let left = cotangent_at(rowStart, w - 1u);
          let middle = vec4f(cotangent_at(rowStart, w), cotangent_at(rowStart, w + 1u),
            cotangent_at(rowStart, w + 2u), cotangent_at(rowStart, w + 3u));
          let right = cotangent_at(rowStart, w + 4u);
          sum += weight[tap] * vec4f(middle.yzw, right) + weight[tap + 1u] * middle + weight[tap + 2u] * vec4f(left, middle.xyz);
#else
          for (var ow = rangeW.x; ow < rangeW.y; ow++) {
            // Taps before the kernel wrap to huge numbers.
            let l = columns - ow * s.sw;
            let at = tap + min(l, vec4u(s.kw - 1u));
            let taps = vec4f(weight[at.x], weight[at.y], weight[at.z], weight[at.w]);
            sum += dOut[rowStart + ow * s.width] * select(vec4f(), taps, l < vec4u(s.kw));
          }
#endif
        }
      }
    }
    let first = to + (s.cls + row * s.inW + w) * stride;
    for (var n = 0u; n < 4u; n++) {
      if (w + n < s.inW) { dQkv[first + n * stride] = sum[n]; }
    }
  }
}
