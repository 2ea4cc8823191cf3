// dX[b, n, c] = sum over the outputs o with argmax[b, o, c] = n of dOut[b, o, c], gathered from the windows that cover n.
//   1 dOut [batch, tokensOut, channels]     2 argmax u32, likewise     3 dX [batch, tokensIn, channels]
// Launch: x covers tokensIn * channels threads in groups of 64, y is the batch.
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
  if (thread >= s.tokensIn * s.channels) { return; }
  let c = thread % s.channels;
  let n = thread / s.channels;
  let source = group.y * s.tokensOut * s.channels + c;
  let to = group.y * s.tokensIn * s.channels + thread;
  if (n < s.cls) {
    dX[to] = dOut[source];
    return;
  }
  let place = n - s.cls;
  let rangeW = outputs_of(place % s.inW, s.kw, s.sw, s.outW);
  let rangeH = outputs_of(place / s.inW % s.inH, s.kh, s.sh, s.outH);
  let rangeT = outputs_of(place / (s.inW * s.inH), s.kt, s.st, s.outT);
  var sum = 0.0;
  for (var t = rangeT.x; t < rangeT.y; t++) {
    for (var h = rangeH.x; h < rangeH.y; h++) {
      for (var w = rangeW.x; w < rangeW.y; w++) {
        let at = source + (s.cls + (t * s.outH + h) * s.outW + w) * s.channels;
        if (argmax[at] == n) { sum += dOut[at]; }
      }
    }
  }
  dX[to] = sum;
}
