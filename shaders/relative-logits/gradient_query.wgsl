// dQ[b, h, n, d] = sum over axes and keys j of dOut[b, h, n, offset + j] * table[index(i, j), d]; 0 for CLS.
// index is that of `forward.wgsl`.
//   1 dOut [items, queries, columns]     2 tableH [rowsH, width]     3 tableW [rowsW, width]
//   4 dQ [items, queries, width]         5 tableT [rowsT, width], only when TEMPORAL
// A thread owns one channel of one query.
// Launch: x covers queries * width threads in groups of 64, y is batch * heads.
// Variants: TEMPORAL adds the third axis.
struct Axis {
  inner: u32, size: u32, keys: u32, offset: u32,
  stepNum: u32, stepDen: u32, startNum: u32, startDen: u32,
}
struct Sizes { width: u32, queries: u32, cls: u32, columns: u32, h: Axis, w: Axis, t: Axis }
@group(0) @binding(0) var<uniform> s: Sizes;
@group(0) @binding(1) var<storage, read_write> dOut: array<f32>;
@group(0) @binding(2) var<storage, read_write> tableH: array<f32>;
@group(0) @binding(3) var<storage, read_write> tableW: array<f32>;
@group(0) @binding(4) var<storage, read_write> dQ: array<f32>;
#if TEMPORAL
@group(0) @binding(5) var<storage, read_write> tableT: array<f32>;
#endif

// Walks the keys of one axis from the last to the first: its table row grows by stepNum/stepDen, rounded down.
struct Walk { row: u32, remainder: u32 }

fn start_walk(axis: Axis, token: u32) -> Walk {
  return Walk(token / axis.inner % axis.size * axis.startNum / axis.startDen, 0u);
}

fn step_walk(walk: Walk, whole: u32, part: u32, denominator: u32) -> Walk {
  let remainder = walk.remainder + part;
  let carry = u32(remainder >= denominator);
  return Walk(walk.row + whole + carry, remainder - carry * denominator);
}

@compute @workgroup_size(64)
fn relative_logits_gradient_query(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = group.x * 64u + lane;
  let n = thread / s.width;
  if (n >= s.queries) { return; }
  let d = thread % s.width;
  let columns = (group.y * s.queries + n) * s.columns;
  var sum = 0.0;
  if (n >= s.cls) {
    let token = n - s.cls;
    var walk = start_walk(s.h, token);
    for (var back = 1u; back <= s.h.keys; back++) {
      sum += dOut[columns + s.h.offset + s.h.keys - back] * tableH[walk.row * s.width + d];
      walk = step_walk(walk, s.h.stepNum / s.h.stepDen, s.h.stepNum % s.h.stepDen, s.h.stepDen);
    }
    walk = start_walk(s.w, token);
    for (var back = 1u; back <= s.w.keys; back++) {
      sum += dOut[columns + s.w.offset + s.w.keys - back] * tableW[walk.row * s.width + d];
      walk = step_walk(walk, s.w.stepNum / s.w.stepDen, s.w.stepNum % s.w.stepDen, s.w.stepDen);
    }
#if TEMPORAL
    walk = start_walk(s.t, token);
    for (var back = 1u; back <= s.t.keys; back++) {
      sum += dOut[columns + s.t.offset + s.t.keys - back] * tableT[walk.row * s.width + d];
      walk = step_walk(walk, s.t.stepNum / s.t.stepDen, s.t.stepNum % s.t.stepDen, s.t.stepDen);
    }
#endif
  }
  dQ[group.y * s.queries * s.width + thread] = sum;
}
