// C = epilogue(alpha op(A) op(B)), each thread a tile of C in registers, straight from storage; bindings and epilogues in
// `common/matmul_operands.wgsl`. Loads are what costs here (on a software adapter a load is done lane by lane), so every
// loaded number is used many times, and four steps along k are added before a sum is touched again.
// QUAD: the four lanes of a quad own neighbouring columns of the same rows; each loads a quarter of the rows of A and the
// quad hands them round. A quad is four consecutive invocations of a workgroup.
// A thread owns SHARES * GROUPS_A * 4 rows x GROUPS_B * 4 columns (SHARES = 4 with QUAD, else 1).
// Variants: WHOLE stores without asking whether a number is inside of C; it needs VECTOR and VEC4.
// Launch: x and y cover the tiles in groups of LANES threads, z is the batch times the stretches of k.
#if QUAD
enable subgroups;
#endif
#import "common/matmul_operands.wgsl"

@compute @workgroup_size(LANES)
fn multiply(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let thread = (group.y * groups.x + group.x) * LANES + local;
#if QUAD
  let lane = local & 3u;
  let tile = thread / 4u;
  const WIDTH = 4u * GROUPS_B * 4u;
#else
  let lane = 0u;
  let tile = thread;
  const WIDTH = GROUPS_B * 4u;
#endif
  const HEIGHT = SHARES * GROUPS_A * 4u;
  let tiles_n = (sizes.n + WIDTH - 1u) / WIDTH;
  let row = tile / tiles_n * HEIGHT;
  let column = tile % tiles_n * WIDTH + lane * GROUPS_B * 4u;
  // No early return: a quad stays together. Rows and columns past the end are read from the last and not stored.
  let own = row + lane * GROUPS_A * 4u;
  let matrix = group.z % sizes.batch;
  let start = group.z / sizes.batch * sizes.chunk;
  let end = min(start + sizes.chunk, sizes.k);
  let base_a = matrix * sizes.stride_a;
  let base_b = matrix * sizes.stride_b;
#for L SHARES
#for G GROUPS_A
#for I 4
#for J GROUPS_B
  var s{L}{G}{I}_{J} = vec4f();
#end
#end
#end
#end
  // Where each load of a step starts; with VECTOR counted in fours, so that a load costs one addition.
#if VECTOR
  let row_a = sizes.m / 4u;
  let row_b = sizes.n / 4u;
  let depth = sizes.k / 4u;
#for G GROUPS_A
#for I 4
#if A_IS_KM
  let at_a{G}{I} = base_a / 4u + {I}u * row_a + min(own / 4u + {G}u, row_a - 1u);
#else
  let at_a{G}{I} = base_a / 4u + min(own + {G}u * 4u + {I}u, sizes.m - 1u) * depth;
#endif
#end
#end
#for J GROUPS_B
#for I 4
#if B_IS_NK
#if VEC4
  let at_b{J}{I} = base_b / 4u + (min(column + {J}u * 4u, sizes.n - 4u) + {I}u) * depth;
#else
  let at_b{J}{I} = base_b / 4u + min(column + {J}u * 4u + {I}u, sizes.n - 1u) * depth;
#endif
#else
  let at_b{J}{I} = base_b / 4u + {I}u * row_b + min(column / 4u + {J}u, row_b - 1u);
#endif
#end
#end
#endif
  for (var i = start; i < end; i += 4u) {
#if VECTOR
#if A_IS_KM
    let step_a = i * row_a;
#else
    let step_a = i / 4u;
#endif
#if B_IS_NK
    let step_b = i / 4u;
#else
    let step_b = i * row_b;
#endif
#for G GROUPS_A
#for I 4
    let p{G}{I} = a[at_a{G}{I} + step_a];
#end
#end
#for J GROUPS_B
#for I 4
    let q{J}{I} = b[at_b{J}{I} + step_b];
#end
#end
#else
#for G GROUPS_A
#for I 4
#if A_IS_KM
    let p{G}{I} = select(vec4f(), four_of_a(base_a + min(i + {I}u, end - 1u) * sizes.m, own + {G}u * 4u, sizes.m), i + {I}u < end);
#else
    let p{G}{I} = four_of_a(base_a + min(own + {G}u * 4u + {I}u, sizes.m - 1u) * sizes.k, i, sizes.k);
#endif
#end
#end
#for J GROUPS_B
#for I 4
#if B_IS_NK
    let q{J}{I} = four_of_b(base_b + min(column + {J}u * 4u + {I}u, sizes.n - 1u) * sizes.k, i, sizes.k);
#else
    let q{J}{I} = four_of_b(base_b + min(i + {I}u, end - 1u) * sizes.n, column + {J}u * 4u, sizes.n);
#endif
#end
#end
#endif
  // r: four steps along k of one row of A. b: four columns of B at one step.
#for G GROUPS_A
#for I 4
#if A_IS_KM
    let r{G}{I} = vec4f(p{G}0[{I}], p{G}1[{I}], p{G}2[{I}], p{G}3[{I}]);
#else
    let r{G}{I} = p{G}{I};
#endif
#end
#end
#for J GROUPS_B
#for I 4
#if B_IS_NK
    let b{J}{I} = vec4f(q{J}0[{I}], q{J}1[{I}], q{J}2[{I}], q{J}3[{I}]);
#else
    let b{J}{I} = q{J}{I};
#endif
#end
#end
#for L SHARES
#for G GROUPS_A
#for I 4
#if QUAD
    let a{L}{G}{I} = quadBroadcast(r{G}{I}, {L}u);
#else
    let a{L}{G}{I} = r{G}{I};
#endif
#for J GROUPS_B
    s{L}{G}{I}_{J} = fma(vec4f(a{L}{G}{I}.w), b{J}3, fma(vec4f(a{L}{G}{I}.z), b{J}2, fma(vec4f(a{L}{G}{I}.y), b{J}1, fma(vec4f(a{L}{G}{I}.x), b{J}0, s{L}{G}{I}_{J}))));
#end
#end
#end
#end
  }
#for L SHARES
#for G GROUPS_A
#for I 4
#for J GROUPS_B
#if WHOLE
  // What is past the end was computed from the last rows and columns: it is stored there again, the same bits, which
  // costs less than a branch.
  {
    let at_column = min(column / 4u + {J}u, sizes.n / 4u - 1u);
#if A_IS_KM
    let at_row = min(row + ({L}u * GROUPS_A + {G}u) * 4u, sizes.m - 4u) + {I}u;
#else
    let at_row = min(row + ({L}u * GROUPS_A + {G}u) * 4u + {I}u, sizes.m - 1u);
#endif
    finish((group.z * sizes.m + at_row) * (sizes.n / 4u) + at_column, at_column, s{L}{G}{I}_{J});
  }
#else
  store_four(group.z, row + ({L}u * GROUPS_A + {G}u) * 4u + {I}u, column + {J}u * 4u, s{L}{G}{I}_{J});
#endif
#end
#end
#end
#end
}
