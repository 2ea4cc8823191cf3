/** What the scripts share that drive a page of ours in Chromium. */

/** Playwright puts where it was called around the page's own message. */
export const plainMessage = (error) => {
  const message = error instanceof Error ? error.message : String(error)
  const first = message.replace(/^\w+(\.\w+)*: (?=Error: )/, '').replace(/^Error: /, '')
  return first.split(/\n {4}at /)[0]
}

/** Rejects when the page or the browser goes away under a run. */
export const crash = (context, page) =>
  new Promise((_, reject) => {
    page.on('crash', () => reject(new Error('The page crashed: most likely the machine is out of memory.')))
    context.on('close', () => reject(new Error('The browser was closed.')))
  })
