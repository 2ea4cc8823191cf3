/** A folder as dubbing studios hand it over: films in containers and codings that browsers leave out, a sound file per language. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { headless } from './support/headless'

const folder = mkdtempSync(join(tmpdir(), 'dubbook-sidecars-'))
const clips = join(folder, 'clips')
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ffmpeg = (...args: readonly string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { cwd: clips })
const noise = (seed: number) => ['-f', 'lavfi', '-i', `anoisesrc=d=4:c=pink:r=48000:a=0.4:seed=${seed}`]
const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=25:d=4,format=yuv420p']

test('Matroska with AC-3 and DTS, a transport stream, and a sound file per language become titles', async () => {
  for (const path of ['rain/fr', 'sea/audio/ja']) mkdirSync(join(clips, path), { recursive: true })
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast']
  const languages = ['-metadata:s:a:0', 'language=ger', '-metadata:s:a:1', 'language=spa']
  ffmpeg(
    ...[...picture, ...noise(1), ...noise(2), '-map', '0', '-map', '1', '-map', '2', ...h264, '-c:a:0', 'ac3'],
    ...['-c:a:1', 'dca', '-strict', '-2', ...languages, 'rain/rain.mkv'],
  )
  ffmpeg(...noise(3), 'rain/fr/rain.wav')
  ffmpeg(...noise(4), 'rain/rain [Italian].opus')
  ffmpeg(...picture, ...h264, '-f', 'mpegts', 'sea/sea.ts')
  ffmpeg(...noise(5), 'sea/audio/ja/sea.mp3')
  ffmpeg(...noise(6), 'sea/sea.en.m4a')
  ffmpeg(...noise(7), 'song.flac')
  ffmpeg('-i', 'sea/sea.ts', '-c', 'copy', 'old.avi')
  const notebook = join(folder, 'corpus.dubbook.json')
  const cells = [
    { id: 'corpus', kind: 'corpus', media: 'samples' },
    { id: 'spectrogram', kind: 'spectrogram', inputs: ['corpus'] },
  ]
  writeFileSync(notebook, JSON.stringify({ version: 1, title: 'Films', seed: 1, cells }))

  const { exitCode, stderr, report } = await headless(join(folder, 'out'), ['--clips', clips], undefined, notebook)
  expect(exitCode, stderr).toBe(0)
  const corpus = report?.cells.find(({ id }) => id === 'corpus')
  expect(corpus?.metrics).toMatchObject({ titles: 2, tracks: 6 })
  const problems = JSON.stringify(corpus?.metrics?.problems)
  expect(problems).toContain('song.flac: it has sound only, and no video here has its name')
  expect(problems).toContain('ffmpeg -i old.avi -map 0 -c copy old.mkv')
})
