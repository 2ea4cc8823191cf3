/** A notebook is edited and run in one tab; a lock that ends with the tab says in which. */
const lockName = 'dubbook:notebook'

/** Takes the notebook for this tab if no other one has it, and keeps it as long as the tab lives. */
export const takeNotebook = (): Promise<boolean> =>
  new Promise((resolve) => {
    void navigator.locks.request(lockName, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock === null ? undefined : new Promise<never>(() => undefined)
    })
  })

/** Resolves when the tab that has the notebook is gone. */
export const notebookFreed = (): Promise<void> =>
  new Promise((resolve) => {
    void navigator.locks.request(lockName, () => resolve())
  })
