/** Workers of this folder start from a blob, as every worker, and inherit the page's Content-Security-Policy (design section 8). */

/** @param url of the worker's script, as the bundler gives it to the module `base`. */
export function startWorker(url: string, base: string, name: string): Worker {
  const absolute = new URL(url, base).href
  const blob = URL.createObjectURL(new Blob([`import ${JSON.stringify(absolute)}`], { type: 'text/javascript' }))
  const worker = new Worker(blob, { type: 'module', name })
  URL.revokeObjectURL(blob)
  return worker
}
