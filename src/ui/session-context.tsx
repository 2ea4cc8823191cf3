/** Gives components the session, and parts of its state that re-render them when they change. */
import { createContext, type ReactNode, useContext } from 'react'
import { useStore } from 'zustand'
import { type CellState, neverRun } from '../notebook/cell-state'
import type { Session, SessionState } from '../notebook/session'

const SessionContext = createContext<Session | null>(null)

export const SessionProvider = ({ session, children }: { session: Session; children: ReactNode }) => (
  <SessionContext value={session}>{children}</SessionContext>
)

/** @throws outside of a {@link SessionProvider}. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('A component that needs the session stands outside of SessionProvider.')
  return session
}

/** `select` must return something of the state, not a new object. */
export function useSessionState<T>(select: (state: SessionState) => T): T {
  return useStore(useSession().store, select)
}

export const useCellState = (id: string): CellState => useSessionState(({ cells }) => cells[id] ?? neverRun)
