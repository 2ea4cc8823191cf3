/** Reload returns to the same place: to the cell that was at the top, for results arrive late and heights change. */

const key = 'dubbook:place'

const cells = (): readonly HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-cell]')]

/** Notes the place when the page goes, instead of the browser, which only knows pixels. */
export function notePlace(): void {
  history.scrollRestoration = 'manual'
  addEventListener('pagehide', () => {
    const first = cells().find((cell) => cell.getBoundingClientRect().bottom > 0)
    if (!first || scrollY === 0) return sessionStorage.removeItem(key)
    sessionStorage.setItem(key, JSON.stringify({ cell: first.dataset.cell, offset: first.getBoundingClientRect().top }))
  })
}

/** Scrolls to where the page was left, unless somebody has scrolled already. */
export function returnToPlace(): void {
  const text = sessionStorage.getItem(key)
  if (text === null || scrollY > 0) return
  const place: unknown = JSON.parse(text)
  if (typeof place !== 'object' || place === null || !('cell' in place && 'offset' in place)) return
  const cell = cells().find(({ dataset }) => dataset.cell === place.cell)
  if (cell) scrollTo({ top: scrollY + cell.getBoundingClientRect().top - Number(place.offset) })
}
