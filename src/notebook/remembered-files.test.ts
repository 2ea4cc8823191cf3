/**
 * Against real IndexedDB and real handles of the origin's private file system, which always may be read: no test can answer
 * the browser's question for others. That it is put is seen end to end (`e2e/remembered-media.spec.ts`); what a refusal
 * does is not covered.
 */
import { afterEach, expect, test } from 'vitest'
import { contentHash } from '../engine/content-hash'
import { filesBehind, type GivenFile } from './file-access'
import { createHandleStore } from './handle-store'
import { contentOf, type IdentifiedFile } from './media'
import { RememberedFiles } from './remembered-files'

const identify = (files: readonly GivenFile[]): Promise<readonly IdentifiedFile[]> =>
  Promise.all(
    files.map(async (given) => ({
      ...given,
      reference: { path: given.path, size: given.file.size, contentHash: await contentHash(given.file) },
    })),
  )

let tests = 0
const root = await navigator.storage.getDirectory()
/** A folder and a store that no other test has. */
async function place() {
  const name = `remembered-${Date.now()}-${tests++}`
  const folder = await root.getDirectoryHandle(name, { create: true })
  const write = async (file: string, text: string) => {
    const writer = await (await folder.getFileHandle(file, { create: true })).createWritable()
    await writer.write(text)
    await writer.close()
  }
  const store = createHandleStore(name)
  let kept: ReadonlySet<string> = new Set()
  let said = (): void => undefined
  const visit = () =>
    new RememberedFiles(store, identify, (contents) => {
      kept = contents
      said()
    })
  const keptAfter = async (act: () => void) => {
    const told = new Promise<void>((resolve) => {
      said = resolve
    })
    act()
    await told
    return kept
  }
  return { folder, write, store, visit, keptAfter }
}
afterEach(async () => {
  for await (const { name } of root.values())
    if (name.startsWith('remembered-')) await root.removeEntry(name, { recursive: true })
})

test('files are found where they were; what has changed or gone since is told apart', async () => {
  const { folder, write, visit, keptAfter } = await place()
  for (const name of ['same.wav', 'changed.wav', 'gone.wav']) await write(name, name)
  const given = await identify(await filesBehind(folder))
  const references = given.map(({ reference }) => reference)
  const before = visit()
  before.note(given)
  expect((await keptAfter(() => before.keep(references))).size).toBe(3)

  await write('changed.wav', 'other')
  await folder.removeEntry('gone.wav')
  const { files, asides } = await visit().find(references, references)
  expect(files.map(({ path }) => path)).toEqual([`${folder.name}/same.wav`])
  expect(await files[0]?.file.text()).toBe('same.wav')
  const aside = (name: string) => asides.find(([{ path }]) => path.endsWith(name))?.[1]
  expect(aside('changed.wav')).toMatchObject({
    kind: 'other',
    where: 'in its place',
    found: { reference: { size: 5 } },
  })
  expect(aside('gone.wav')).toEqual({ kind: 'gone', because: 'no longer where it was' })
})

test('a file taken out of the notebook is forgotten, and remembered again when that is undone', async () => {
  const { folder, write, store, visit, keptAfter } = await place()
  for (const name of ['one.wav', 'two.wav']) await write(name, name)
  const given = await identify(await filesBehind(folder))
  const references = given.map(({ reference }) => reference)
  const contents = references.map(contentOf)
  const files = visit()
  files.note(given)
  await keptAfter(() => files.keep(references))
  await keptAfter(() => files.keep(references.slice(1)))
  expect((await store.find(contents)).map(({ content }) => content)).toEqual(contents.slice(1))
  await keptAfter(() => files.keep(references))
  expect(await store.find(contents)).toHaveLength(2)
  await files.forget(references)
  expect(await store.find(contents)).toEqual([])
  expect(await visit().find(references, references)).toEqual({ files: [], asides: [] })
})

test('another notebook leaves what is remembered; what none has used for half a year is forgotten', async () => {
  const { folder, write, store, visit, keptAfter } = await place()
  await write('clip.wav', 'clip')
  const given = await identify(await filesBehind(folder))
  const references = given.map(({ reference }) => reference)
  const files = visit()
  files.note(given)
  await keptAfter(() => files.keep(references))
  files.leave()
  files.keep([])
  const day = 86_400_000
  await store.prune(Date.now() + 179 * day)
  expect((await files.find(references, references)).files).toHaveLength(1)
  await store.prune(Date.now() + 181 * day)
  expect((await visit().find(references, references)).files).toEqual([])
})

test('what a click opens is what the browser lets be read: files that may be read anyway, without a question', async () => {
  const { folder, write, visit, keptAfter } = await place()
  for (const name of ['one.wav', 'two.wav']) await write(name, name)
  const given = await identify(await filesBehind(folder))
  const references = given.map(({ reference }) => reference)
  const before = visit()
  before.note(given)
  await keptAfter(() => before.keep(references))
  const after = visit()
  expect(await after.ask(references)).toEqual({ files: [], asides: [] })
  await after.find(references, [])
  const { files, asides } = await after.ask(references)
  expect(files.map(({ reference }) => reference)).toEqual(references)
  expect(asides).toEqual([])
})
