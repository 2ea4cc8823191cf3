// Threads of a launch that the host spreads over x and y, counted through; workgroups have 64 threads.
fn linear_thread(group: vec3u, groups: vec3u, local: u32) -> u32 {
  return (group.y * groups.x + group.x) * 64u + local;
}
