/** Compute pipelines, one per distinct shader text, shared by all plans of a device. */
import type { Launch } from './operator'
import { expandShader } from './shader'

export interface Kernel {
  readonly pipeline: GPUComputePipeline
  readonly layout: GPUBindGroupLayout
}

export class PipelineCache {
  private readonly kernels = new Map<string, Promise<Kernel>>()
  private readonly layouts = new Map<number, GPUBindGroupLayout>()

  private compiling = 0
  private compilingSince = 0
  private spentMs = 0

  constructor(private readonly device: GPUDevice) {}

  /** How many different pipelines were compiled so far. */
  get size(): number {
    return this.kernels.size
  }

  /** Time during which something was being compiled, in ms. */
  get compileMs(): number {
    return this.spentMs
  }

  /** @throws the compiler's first error with the entry point's name. */
  get(launch: Launch): Promise<Kernel> {
    const code = expandShader(launch.source, launch.constants)
    const key = `${launch.entryPoint}/${launch.bindings.length}\n${code}`
    let kernel = this.kernels.get(key)
    if (!kernel) {
      kernel = this.timed(this.compile(code, launch.entryPoint, launch.bindings.length))
      this.kernels.set(key, kernel)
    }
    return kernel
  }

  /** Pipelines compile side by side, so only the time from the first to the last counts. */
  private async timed<T>(work: Promise<T>): Promise<T> {
    if (this.compiling++ === 0) this.compilingSince = performance.now()
    try {
      return await work
    } finally {
      if (--this.compiling === 0) this.spentMs += performance.now() - this.compilingSince
    }
  }

  private async compile(code: string, entryPoint: string, storageBindings: number): Promise<Kernel> {
    const module = this.device.createShaderModule({ code, label: entryPoint })
    const layout = this.layout(storageBindings)
    try {
      const pipeline = await this.device.createComputePipelineAsync({
        label: entryPoint,
        layout: this.device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint },
      })
      return { pipeline, layout }
    } catch (error) {
      const { messages } = await module.getCompilationInfo()
      const first = messages.find(({ type }) => type === 'error')
      const line = first ? code.split('\n')[first.lineNum - 1]?.trim() : undefined
      throw new Error(
        `Kernel ${entryPoint} does not compile: ${first?.message ?? error}${line ? ` in "${line}"` : ''}`,
        {
          cause: error,
        },
      )
    }
  }

  /** Binding 0 holds uniforms, the rest storage that is `read_write` throughout (see `operator.ts`). */
  private layout(storageBindings: number): GPUBindGroupLayout {
    let layout = this.layouts.get(storageBindings)
    if (!layout) {
      layout = this.device.createBindGroupLayout({
        entries: Array.from({ length: storageBindings + 1 }, (_, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: binding === 0 ? 'uniform' : 'storage' },
        })),
      })
      this.layouts.set(storageBindings, layout)
    }
    return layout
  }
}
