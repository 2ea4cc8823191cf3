// Loss of every row of every probe, and with GRADIENT its cotangent. A row's classes are the bits of its item.
// Exclusive classes: log sum exp(z) - z[its class]. MULTILABEL: mean over classes of max(z, 0) - z t + log(1 + exp(-|z|)).
// z is logits + bias over the first `classes` of C columns; the others get cotangent 0, and so do rows behind the first
// count[p]. Cotangents are divided by the count (and, MULTILABEL, by `classes`), terms too.
// Bindings: 1 logits [P, N, C], 2 bias [P, C], 3 rows [S, N] with S = P or 1 (`row_stride` N or 0), 4 targets
// [items, words], 5 state [P] of (count, ...), without GRADIENT: 6 terms [P, N], else 6 dloss [P], 7 dlogits [P, N, C].
// Launch: a thread per probe and row. Constant: VEC4 = false. Variants: MULTILABEL, GRADIENT.
#import "common/exp.wgsl"
#import "common/log.wgsl"
#import "common/thread.wgsl"
struct Sizes {
  probes: u32,
  rows: u32,
  columns: u32,
  classes: u32,
  words: u32,
  row_stride: u32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> row_items: array<u32>;
@group(0) @binding(4) var<storage, read_write> targets: array<u32>;
@group(0) @binding(5) var<storage, read_write> state: array<vec4u>;
#if GRADIENT
@group(0) @binding(6) var<storage, read_write> dloss: array<f32>;
@group(0) @binding(7) var<storage, read_write> dlogits: array<f32>;
#else
@group(0) @binding(6) var<storage, read_write> terms: array<f32>;
#endif

@compute @workgroup_size(64)
fn loss_rows(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.probes * sizes.rows) {
    return;
  }
  let probe = i / sizes.rows;
  let row = i % sizes.rows;
  let base = i * sizes.columns;
  let count = state[probe].x;
  if (row >= count) {
#if GRADIENT
    for (var c = 0u; c < sizes.columns; c++) {
      dlogits[base + c] = 0.0;
    }
#else
    terms[i] = 0.0;
#endif
    return;
  }
  let bits = row_items[probe * sizes.row_stride + row] * sizes.words;
  let shift = probe * sizes.columns;
#if MULTILABEL
  let share = 1.0 / (f32(count) * f32(sizes.classes));
#else
  let share = 1.0 / f32(count);
  var largest = logits[base] + bias[shift];
  for (var c = 1u; c < sizes.classes; c++) {
    largest = max(largest, logits[base + c] + bias[shift + c]);
  }
  var sum = 0.0;
  for (var c = 0u; c < sizes.classes; c++) {
    sum += exact_exp(logits[base + c] + bias[shift + c] - largest);
  }
#endif
#if GRADIENT
  let factor = dloss[probe] * share;
  for (var c = 0u; c < sizes.columns; c++) {
    var d = 0.0;
    if (c < sizes.classes) {
      let z = logits[base + c] + bias[shift + c];
      let wanted = f32((targets[bits + c / 32u] >> (c % 32u)) & 1u);
#if MULTILABEL
      let small = exact_exp(-abs(z));
      let sigmoid = select(small, 1.0, z >= 0.0) / (1.0 + small);
      d = factor * (sigmoid - wanted);
#else
      d = factor * (exact_exp(z - largest) / sum - wanted);
#endif
    }
    dlogits[base + c] = d;
  }
#else
  var term = 0.0;
#if MULTILABEL
  for (var c = 0u; c < sizes.classes; c++) {
    let z = logits[base + c] + bias[shift + c];
    let wanted = f32((targets[bits + c / 32u] >> (c % 32u)) & 1u);
    term += max(z, 0.0) - z * wanted + exact_log(1.0 + exact_exp(-abs(z)));
  }
#else
  term = exact_log(sum);
  for (var c = 0u; c < sizes.classes; c++) {
    if (((targets[bits + c / 32u] >> (c % 32u)) & 1u) == 1u) {
      term += largest - (logits[base + c] + bias[shift + c]);
    }
  }
#endif
  terms[i] = term * share;
#endif
}
