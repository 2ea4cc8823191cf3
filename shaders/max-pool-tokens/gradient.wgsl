// dX[b, n, c] = sum over the outputs o with argmax[b, o, c] = n of dOut[b, o, c], gathered from the windows that cover n.
//   1 dOut [batch, tokensOut, channels]     2 argmax u32, likewise     3 dX [batch, tokensIn, channels]
// A thread computes a row of inputs along w of one channel: the divisions that find the row and the outputs it takes part
// in, dear on software adapters, are done once.
// Launch: x covers (inT * inH + cls) * channels threads in groups of 64, y is the batch.
struct Sizes {
  tokensIn: u32, tokensOut: u32, channels: u32, cls: u32,
  inT: u32, inH: u32, inW: u32,
  outT: u32, outH: u32, outW: u32,
  kt: u32, kh: u32, kw: u32,
  st: u32, sh: u32, sw: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> dOut: array<f32>;
@group(0) @binding(2) var<storage, read_write> argmax: array<u32>;
@group(0) @binding(3) var<storage, read_write> dX: array<f32>;

// The first and one past the last output whose window covers an input.
fn outputs_of(input: u32, kernel: u32, stride: u32, count: u32) -> vec2u {
  let reach = input + kernel / 2u + 1u;
  let start = select((max(reach, kernel) - kernel + stride - 1u) / stride, 0u, reach <= kernel);
  return vec2u(start, min(count, (input + kernel / 2u) / stride + 1u));
}

@compute @workgroup_size(64)
fn max_pool_tokens_gradient(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  let c = thread % s.channels;
  let row = thread / s.channels;
  let rows = s.inT * s.inH;
  let source = group.y * s.tokensOut * s.channels + c;
  let to = group.y * s.tokensIn * s.channels + c;
  if (row >= rows) {
    if (row == rows && s.cls == 1u) { dX[to] = dOut[source]; }
    return;
  }
  let rangeH = outputs_of(row % s.inH, s.kh, s.sh, s.outH);
  let rangeT = outputs_of(row / s.inH, s.kt, s.st, s.outT);
  for (var column = 0u; column < s.inW; column++) {
    let n = s.cls + row * s.inW + column;
    let rangeW = outputs_of(column, s.kw, s.sw, s.outW);
    var sum = 0.0;
    for (var t = rangeT.x; t < rangeT.y; t++) {
      for (var h = rangeH.x; h < rangeH.y; h++) {
        for (var w = rangeW.x; w < rangeW.y; w++) {
          let at = source + (s.cls + (t * s.outH + h) * s.outW + w) * s.channels;
          sum += select(0.0, dOut[at], argmax[at] == n);
        }
      }
    }
    dX[to + n * s.channels] = sum;
  }
}
