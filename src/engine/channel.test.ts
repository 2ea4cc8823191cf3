import { afterEach, describe, expect, it } from 'vitest'
import { type CallContext, type Caller, openCaller, serve } from './channel'

const open: MessageChannel[] = []
afterEach(() => {
  for (const { port1, port2 } of open.splice(0)) {
    port1.close()
    port2.close()
  }
})

function connect(methods: Parameters<typeof serve>[1]): Caller {
  const channel = new MessageChannel()
  open.push(channel)
  serve(channel.port2, methods)
  channel.port1.start()
  channel.port2.start()
  return openCaller(channel.port1)
}

describe('the channel between page and worker', () => {
  it('returns what a method returns, and its progress before that', async () => {
    const heard: unknown[] = []
    const caller = connect({
      double: async ({ progress }: CallContext, value: number) => {
        progress({ half: value })
        return value * 2
      },
    })
    expect(await caller.call('double', [21], { onProgress: (event) => heard.push(event) })).toBe(42)
    expect(heard).toEqual([{ half: 21 }])
  })

  it('keeps calls apart that run at the same time', async () => {
    const caller = connect({
      later: async (_: CallContext, ms: number) => {
        await new Promise((resolve) => setTimeout(resolve, ms))
        return ms
      },
    })
    expect(await Promise.all([caller.call('later', [30]), caller.call('later', [1])])).toEqual([30, 1])
  })

  it('rejects with the message and the name of the worker’s error', async () => {
    const caller = connect({
      fail: async () => {
        throw new RangeError('film.mp4: too long.')
      },
    })
    await expect(caller.call('fail', [])).rejects.toMatchObject({ name: 'RangeError', message: 'film.mp4: too long.' })
  })

  it('names a method that the worker does not have', async () => {
    await expect(connect({}).call('fly', [])).rejects.toThrow('no method "fly"')
  })

  it('stops a call whose signal fires', async () => {
    const caller = connect({
      wait: ({ signal }: CallContext) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    })
    const controller = new AbortController()
    const call = caller.call('wait', [], { signal: controller.signal })
    controller.abort()
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
  })
})
