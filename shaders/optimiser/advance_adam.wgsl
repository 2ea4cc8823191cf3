// Advances Adam's state once per step: a finite step t counts and moves the bias corrections c = 1 - beta^t by
// c += (1 - beta) (1 - c); a non-finite one counts as skipped and changes nothing else.
// Bindings: 1 hyper [8] (learning rate, 1 - beta1, 1 - beta2, eps, weight decay, clip norm, -, -),
// 2 norm [2] (gradient norm, non-finite flag), 3 state [4] (steps, skipped steps, 1 - beta1^t, 1 - beta2^t).
// Launch: one thread.
@group(0) @binding(1) var<storage, read_write> hyper: array<f32>;
@group(0) @binding(2) var<storage, read_write> norm: array<f32>;
@group(0) @binding(3) var<storage, read_write> state: array<f32>;

@compute @workgroup_size(1)
fn advance_adam() {
  if (norm[1] != 0.0) {
    state[1] += 1.0;
    return;
  }
  state[0] += 1.0;
  state[2] += hyper[1] * (1.0 - state[2]);
  state[3] += hyper[2] * (1.0 - state[3]);
}
