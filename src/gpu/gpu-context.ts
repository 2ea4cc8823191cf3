/** A GPU with its pipeline cache: what every station that computes is handed. */
import { type Gpu, openGpu } from './device'
import { type CompileOptions, Executable } from './executable'
import type { GraphBuilder } from './graph'
import type { VariantChoice } from './operator'
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

  /** The same device and pipelines with other kernel variants, for plans compiled from it. */
  withVariants(choice: VariantChoice): GpuContext {
    return new GpuContext({ ...this.gpu, target: { ...this.gpu.target, choice } }, this.pipelines)
  }

  /** The same device with pipelines of its own, which go when it goes: for what is run once. */
  withOwnPipelines(): GpuContext {
    return new GpuContext(this.gpu, new PipelineCache(this.gpu.device))
  }

  get device(): GPUDevice {
    return this.gpu.device
  }

  compile(graph: GraphBuilder, options?: CompileOptions): Promise<Executable> {
    return Executable.compile(this.gpu, this.pipelines, graph, options)
  }
}
