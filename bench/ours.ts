/** A graph of our operators as a side of a comparison. */
import type { GpuContext } from '../src/gpu/gpu-context'
import type { GraphBuilder } from '../src/gpu/graph'
import type { Value } from '../src/gpu/operator'
import type { Contender } from './compare'

/** @param given What the graph's inputs hold, by name; it stays on the device. */
export async function graphContender(
  context: GpuContext,
  graph: GraphBuilder,
  result: Value,
  given: Readonly<Record<string, Float32Array | Uint32Array>>,
): Promise<Contender> {
  graph.output('result', result)
  const executable = await context.compile(graph)
  for (const [name, data] of Object.entries(given)) executable.write(name, data)
  return {
    name: 'ours',
    async run(repeats) {
      for (let i = 0; i < repeats; i++) executable.run()
      await context.device.queue.onSubmittedWorkDone()
    },
    async result() {
      executable.run()
      return executable.read('result')
    },
    close: () => executable.destroy(),
  }
}
