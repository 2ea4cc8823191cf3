// Bias of attention scores by relative position, for 4 queries and keys taken in order: P[n, key_h] + P[n, kh + key_w]
// (+ P[n, kh + kw + key_t] when temporal), 0 when the query or the key is CLS. Walking the grid saves a division per key.
// Needs the uniforms `s` and the storage `P` of shaders/attention.

struct KeyPlace { t: u32, h: u32, w: u32 }

fn next_place(place: KeyPlace) -> KeyPlace {
  var next = KeyPlace(place.t, place.h, place.w + 1u);
  if (next.w == s.kw) {
    next.w = 0u;
    next.h++;
    if (next.h == s.kh) {
      next.h = 0u;
      next.t++;
    }
  }
  return next;
}

var<private> biasPlace: KeyPlace;
// Offsets of the queries' rows in P; which are not CLS; and what all keys of one grid row share.
var<private> biasRows: vec4u;
var<private> biasTaken: vec4<bool>;
var<private> biasOfRow: vec4f;

fn bias_column(column: u32) -> vec4f {
  let at = biasRows + column;
  return vec4f(P[at.x], P[at.y], P[at.z], P[at.w]);
}

fn start_bias(rows: vec4u, places: vec4u) {
  biasPlace = KeyPlace(0u, 0u, 0u);
  biasRows = rows * s.columns;
  biasTaken = places >= vec4u(s.cls);
}

// To be called with key = 0, 1, 2, ...; past the last key it gives 0.
fn next_bias(key: u32) -> vec4f {
  if (key < s.cls || key >= s.keys) { return vec4f(); }
  if (biasPlace.w == 0u) {
    biasOfRow = bias_column(biasPlace.h);
    if (s.temporal == 1u) { biasOfRow += bias_column(s.kh + s.kw + biasPlace.t); }
  }
  let bias = select(vec4f(), biasOfRow + bias_column(s.kh + biasPlace.w), biasTaken);
  biasPlace = next_place(biasPlace);
  return bias;
}
