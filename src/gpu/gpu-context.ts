/** A GPU with its pipeline cache: what every station that computes is handed. */
import { type Gpu, openGpu } from './device'
import { type CompileOptions, Executable } from './executable'
import type { GraphBuilder } from './graph'
import { PipelineCache } from './pipelines'

export class GpuContext {
  private constructor(
    readonly gpu: Gpu,
    readonly pipelines: PipelineCache,
  ) {}

  static async open(): Promise<GpuContext> {
    const gpu = await openGpu()
    return new GpuContext(gpu, new PipelineCache(gpu.device))
  }

  get device(): GPUDevice {
    return this.gpu.device
  }

  compile(graph: GraphBuilder, options?: CompileOptions): Promise<Executable> {
    return Executable.compile(this.gpu, this.pipelines, graph, options)
  }
}
