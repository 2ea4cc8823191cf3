/** The panel about the GPU, fetched when it is first asked for. */
import { type ComponentType, type ReactNode, useCallback, useState } from 'react'

type Panel = ComponentType<{ onClose: () => void }>

export interface GpuPanelState {
  readonly open: () => void
  /** To be rendered; null while closed. */
  readonly panel: ReactNode
}

/** @param onProblem Hears why the panel could not be fetched. */
export function useGpuPanel(onProblem: (message: string) => void): GpuPanelState {
  const [Shown, setShown] = useState<Panel | null>(null)
  const open = useCallback(() => {
    import('./gpu/gpu-panel').then(
      ({ GpuPanel }) => setShown(() => GpuPanel),
      (cause: unknown) => onProblem(`The panel about the GPU could not be loaded: ${cause}. Reload the page.`),
    )
  }, [onProblem])
  return { open, panel: Shown ? <Shown onClose={() => setShown(null)} /> : null }
}
