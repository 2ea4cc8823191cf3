// Counter-based random bits: the hash pcg4d of Jarzynski and Olano, "Hash functions for GPU rendering" (JCGT 2020).
// The same four words give the same bits on every adapter and in every order of execution.
fn random_bits(seed: u32, step: u32, stream: u32, index: u32) -> u32 {
  var v = vec4u(seed, step, stream, index) * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v.x;
}
