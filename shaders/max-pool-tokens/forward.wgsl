// out[b, o, c] = max over the window of o of x[b, n, c], argmax[b, o, c] = the first such n in scan order (t, h, w).
// A window is kernel positions from o * stride - kernel/2 on; positions off the grid have no part. CLS is copied.
//   1 x [batch, tokensIn, channels]     2 out [batch, tokensOut, channels]     3 argmax u32, like out
// A thread computes a row of outputs along w of one channel, as the gradient does.
// Launch: x covers (outT * outH + cls) * channels threads in groups of 64, y is the batch.
struct Sizes {
  tokensIn: u32, tokensOut: u32, channels: u32, cls: u32,
  inT: u32, inH: u32, inW: u32,
  outT: u32, outH: u32, outW: u32,
  kt: u32, kh: u32, kw: u32,
  st: u32, sh: u32, sw: u32,
}
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<storage, read_write> argmax: array<u32>;

@compute @workgroup_size(64)
fn max_pool_tokens(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  let c = thread % s.channels;
  let row = thread / s.channels;
  let rows = s.outT * s.outH;
  let source = group.y * s.tokensIn * s.channels + c;
  let to = group.y * s.tokensOut * s.channels + c;
  if (row >= rows) {
    if (row == rows && s.cls == 1u) {
      out[to] = x[source];
      argmax[to] = 0u;
    }
    return;
  }
  let startH = row % s.outH * s.sh - s.kh / 2u;
  let startT = row / s.outH * s.st - s.kt / 2u;
  for (var column = 0u; column < s.outW; column++) {
    let startW = column * s.sw - s.kw / 2u;
    var best = 0.0;
    var bestToken = 0u;
    var found = false;
    for (var i = 0u; i < s.kt; i++) {
      for (var j = 0u; j < s.kh; j++) {
        for (var l = 0u; l < s.kw; l++) {
          // Positions before the start wrap to huge numbers, so that one comparison guards both ends.
          let t = startT + i;
          let h = startH + j;
          let w = startW + l;
          if (t >= s.inT || h >= s.inH || w >= s.inW) { continue; }
          let token = s.cls + (t * s.inH + h) * s.inW + w;
          let value = x[source + token * s.channels];
          if (!found || value > best) {
            best = value;
            bestToken = token;
            found = true;
          }
        }
      }
    }
    let o = to + (s.cls + row * s.outW + column) * s.channels;
    out[o] = best;
    argmax[o] = bestToken;
  }
}
