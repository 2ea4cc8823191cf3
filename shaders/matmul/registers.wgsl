// C = epilogue(alpha op(A) op(B)), each thread a tile of C in registers, straight from storage; bindings and epilogues in
// `common/matmul_operands.wgsl`. Loads are what costs here (on a software adapter a load is done lane by lane), so every
// loaded number is used many times, and four steps along k are added before a sum is touched again.
// QUAD: the four lanes of a quad own neighbouring columns of the same rows; each loads a quarter of the rows of A and the
// quad hands them round. A quad is four consecutive invocations of a workgroup.
// A thread owns SHARES * GROUPS_A * 4 rows x GROUPS_B * 4 columns (SHARES = 4 with QUAD, else 1).
// Launch: x and y cover the tiles in groups of 64 threads, z is the batch times the stretches of k.
#if QUAD
enable subgroups;
#endif
#import "common/matmul_operands.wgsl"

@compute @workgroup_size(64)
fn multiply(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let thread = (group.y * groups.x + group.x) * 64u + local;
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
#if A_IS_KM
#else
#for G GROUPS_A
#for I 4
  let row{G}{I} = base_a + min(own + {G}u * 4u + {I}u, sizes.m - 1u) * sizes.k;
#end
#end
#endif
#if B_IS_NK
#for J GROUPS_B
#for I 4
  let column{J}{I} = base_b + min(column + {J}u * 4u + {I}u, sizes.n - 1u) * sizes.k;
#end
#end
#endif
  for (var i = start; i < end; i += 4u) {
#if A_IS_KM
#for G GROUPS_A
#for Q 4
    let t{G}{Q} = select(vec4f(), four_of_a(base_a + min(i + {Q}u, end - 1u) * sizes.m, own + {G}u * 4u, sizes.m), i + {Q}u < end);
#end
#for I 4
    let r{G}{I} = vec4f(t{G}0[{I}], t{G}1[{I}], t{G}2[{I}], t{G}3[{I}]);
#end
#end
#else
#for G GROUPS_A
#for I 4
    let r{G}{I} = four_of_a(row{G}{I}, i, sizes.k);
#end
#end
#endif
#for J GROUPS_B
#if B_IS_NK
#for I 4
    let c{J}{I} = four_of_b(column{J}{I}, i, sizes.k);
#end
#for Q 4
    let b{J}{Q} = vec4f(c{J}0[{Q}], c{J}1[{Q}], c{J}2[{Q}], c{J}3[{Q}]);
#end
#else
#for Q 4
    let b{J}{Q} = four_of_b(base_b + min(i + {Q}u, end - 1u) * sizes.n, column + {J}u * 4u, sizes.n);
#end
#endif
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
  store_four(group.z, row + ({L}u * GROUPS_A + {G}u) * 4u + {I}u, column + {J}u * 4u, s{L}{G}{I}_{J});
#end
#end
#end
#end
}
