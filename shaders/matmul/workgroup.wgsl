// C = epilogue(alpha op(A) op(B)) by tiles of 64 x 64 in workgroup memory, 8 steps along k at a time: every number read
// from storage is used 64 times. Bindings and epilogues in `common/matmul_operands.wgsl`. The kernel for real GPUs; on a
// software adapter workgroup memory and barriers cost more than they save.
// A thread owns 8 rows x 8 columns, in two groups of four each, 32 apart, so that neighbours read neighbouring banks.
// Launch: x and y cover the tiles of C, a workgroup of 64 threads each; z is the batch times the stretches of k.
#import "common/matmul_operands.wgsl"

// Both with k outermost: [8][64 rows of op(A)] and [8][64 columns of op(B)], four neighbours each.
var<workgroup> tile_a: array<vec4f, 128>;
var<workgroup> tile_b: array<vec4f, 128>;

@compute @workgroup_size(64)
fn multiply_tiles(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let tile = group.y * groups.x + group.x;
  let tiles_n = (sizes.n + 63u) / 64u;
  let row = tile / tiles_n * 64u;
  let column = tile % tiles_n * 64u;
  let matrix = group.z % sizes.batch;
  let start = group.z / sizes.batch * sizes.chunk;
  let end = min(start + sizes.chunk, sizes.k);
  let base_a = matrix * sizes.stride_a;
  let base_b = matrix * sizes.stride_b;
  let x = local % 8u;
  let y = local / 8u;
#for G 2
#for I 4
#for J 2
  var s{G}{I}_{J} = vec4f();
#end
#end
#end
  for (var i = start; i < end; i += 8u) {
#if A_IS_KM
#for P 2
    {
      let group_of_four = local + {P}u * 64u;
      let k = i + group_of_four / 16u;
      tile_a[group_of_four] = select(vec4f(), four_of_a(base_a + min(k, end - 1u) * sizes.m, row + group_of_four % 16u * 4u, sizes.m), k < end);
    }
#end
#else
    if (local < 32u) {
      // Four rows, four steps along k, turned over.
      let rows = row + local % 16u * 4u;
      let k = i + local / 16u * 4u;
#for I 4
      let r{I} = select(vec4f(), four_of_a(base_a + min(rows + {I}u, sizes.m - 1u) * sizes.k, k, sizes.k), k < end);
#end
#for Q 4
      tile_a[(local / 16u * 4u + {Q}u) * 16u + local % 16u] = vec4f(r0[{Q}], r1[{Q}], r2[{Q}], r3[{Q}]);
#end
    }
#endif
#if B_IS_NK
    if (local >= 32u) {
      let lane = local - 32u;
      let columns = column + lane % 16u * 4u;
      let k = i + lane / 16u * 4u;
#for I 4
      let c{I} = select(vec4f(), four_of_b(base_b + min(columns + {I}u, sizes.n - 1u) * sizes.k, k, sizes.k), k < end);
#end
#for Q 4
      tile_b[(lane / 16u * 4u + {Q}u) * 16u + lane % 16u] = vec4f(c0[{Q}], c1[{Q}], c2[{Q}], c3[{Q}]);
#end
    }
#else
#for P 2
    {
      let group_of_four = local + {P}u * 64u;
      let k = i + group_of_four / 16u;
      tile_b[group_of_four] = select(vec4f(), four_of_b(base_b + min(k, end - 1u) * sizes.n, column + group_of_four % 16u * 4u, sizes.n), k < end);
    }
#end
#endif
    workgroupBarrier();
    for (var k = 0u; k < 8u; k++) {
#for G 2
      let a{G} = tile_a[k * 16u + {G}u * 8u + y];
      let b{G} = tile_b[k * 16u + {G}u * 8u + x];
#end
#for G 2
#for I 4
#for J 2
      s{G}{I}_{J} = fma(vec4f(a{G}[{I}]), b{J}, s{G}{I}_{J});
#end
#end
#end
    }
    workgroupBarrier();
  }
#for G 2
#for I 4
#for J 2
  store_four(group.z, row + {G}u * 32u + y * 4u + {I}u, column + {J}u * 32u + x * 4u, s{G}{I}_{J});
#end
#end
#end
}
