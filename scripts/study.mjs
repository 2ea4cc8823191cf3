/**
 * The paper's claim in small: pretrains variants on a corpus of synthetic dubs through the headless runner, probes their
 * frozen audio embeddings and writes what it found. What is run and asked is in `bench/study/`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  openAsBlob,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { install, isMain, root, runMain } from './install.mjs'

const usage = `Usage: npm run -s study -- [--compare sampling|objective|dubs] [--pilot | --smoke] [--seeds N] [--jobs N] [--out DIR]
                             [--cache DIR]
  --compare NAME  another question than that of the variants A.1 to A.4
  --pilot         a seed of its own and fewer steps; decides which tasks the study asks, in bench/study/pilot.json
  --smoke         the whole way on a minute corpus, for tests; nothing is learnt
  --seeds N       only the first N seeds, whatever there is of them
  --jobs N        so many seeds at a time, each in a browser of its own; 1 if not given
  --out DIR       where the page and its figure go, bench if not given
  --cache DIR     where the corpus, the runs and the browser's storage are kept, .cache/study if not given
A study that was stopped, in whatever way, goes on when the same command is given again.`

const pilotFile = join(root, 'bench', 'study', 'pilot.json')
/** What embedding the corpus costs, in steps; for the time left only. */
const embeddingInSteps = 60
const lineEveryMs = 10_000

/** @throws with what is wrong about the command line. */
export function parseArguments(args) {
  const options = {
    compare: 'variants',
    scale: 'full',
    seeds: null,
    jobs: 1,
    out: null,
    cache: join(root, '.cache', 'study'),
  }
  for (let at = 0; at < args.length; at++) {
    const [, name, inline] = /^--([^=]*)(?:=(.*))?$/s.exec(args[at]) ?? []
    const value = () => {
      const given = inline ?? args[++at]
      if (given === undefined) throw new Error(`--${name} needs a value.\n${usage}`)
      return given
    }
    if (name === 'pilot' || name === 'smoke') {
      if (options.scale !== 'full') throw new Error(`--pilot and --smoke exclude each other.\n${usage}`)
      options.scale = name
    } else if (name === 'compare') {
      options.compare = value()
      if (!['sampling', 'objective', 'dubs'].includes(options.compare))
        throw new Error(`--compare ${options.compare}: there are sampling, objective and dubs.`)
    } else if (name === 'seeds' || name === 'jobs') {
      options[name] = Number(value())
      if (!(Number.isInteger(options[name]) && options[name] > 0))
        throw new Error(`--${name}: expected a number from 1.`)
    } else if (name === 'out' || name === 'cache') options[name] = resolve(value())
    else throw new Error(`There is no option ${args[at]}.\n${usage}`)
  }
  if (options.scale === 'pilot' && options.compare !== 'variants') throw new Error('A pilot is of the variants.')
  // What a smoke test writes is no result.
  options.out ??= options.scale === 'smoke' ? join(options.cache, 'smoke') : join(root, 'bench')
  return options
}

/** A file that is there whole or not at all. */
function writeWhole(path, content) {
  writeFileSync(`${path}.part`, content)
  renameSync(`${path}.part`, path)
}

const keyOf = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)

/**
 * Makes the corpus, once. The stems without speech get a folder of their own, beside links to the clips.
 * @returns the folders of the clips without and with them, and where more about the corpus is kept
 */
function makeCorpus(cache, { corpus }, { lineGroups, sceneS }) {
  const { titles, seconds, languages, seed } = corpus
  const shape = ['--titles', titles, '--seconds', seconds, '--languages', languages.join(','), '--seed', seed]
  const speech = [
    '--min-languages',
    languages.length,
    '--line-groups',
    lineGroups,
    '--scene-seconds',
    sceneS,
    '--chorus',
  ]
  const options = [...shape, ...speech, '--size', '96x72', '--fps', '10', '--background'].map(String)
  const folder = join(cache, `corpus-${keyOf(options)}`)
  const places = { folder, clips: join(folder, 'clips'), withStems: join(folder, 'with-stems') }
  if (existsSync(folder)) return places
  const unfinished = `${folder}.part`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(join(unfinished, 'with-stems'), { recursive: true })
  console.error(`Making a corpus of ${titles} titles ...`)
  const made = spawnSync('python3', [join(root, 'scripts', 'make_corpus.py'), join(unfinished, 'clips'), ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (made.status !== 0)
    throw new Error('The corpus could not be made; what ffmpeg, espeak-ng and Python 3 say is above.')
  for (const name of readdirSync(join(unfinished, 'clips'))) {
    const [from, to] = ['clips', 'with-stems'].map((part) => join(unfinished, part, name))
    if (name.endsWith('.background.wav')) renameSync(from, to)
    else linkSync(from, to)
  }
  renameSync(unfinished, folder)
  return places
}

/** Mean log-mels of every soundtrack, decoded by ffmpeg. */
function logMelTracks({ folder, clips }, tables, { logMelWindows }) {
  const kept = join(folder, 'log-mels.json')
  if (!existsSync(kept)) {
    console.error('Computing log-mels ...')
    const tracks = tables.titles.flatMap(({ file, languages }) =>
      languages.map((language, track) => {
        const args = ['-v', 'error', '-i', join(clips, file), '-map', `0:a:${track}`, '-ac', '1', '-ar', '48000']
        const { stdout, status } = spawnSync('ffmpeg', [...args, '-f', 'f32le', '-'], { maxBuffer: 2 ** 30 })
        if (status !== 0) throw new Error(`${file}: ffmpeg cannot read its soundtrack ${track}.`)
        const samples = new Float32Array(Uint8Array.from(stdout).buffer)
        const windows = logMelWindows(samples).map((one) => ({ ...one, vector: [...one.vector] }))
        return { file, language, windows }
      }),
    )
    writeWhole(kept, JSON.stringify(tracks))
  }
  return JSON.parse(readFileSync(kept, 'utf8'))
}

/** Whether a process runs that was started with this on its command line. */
function isRunning(pid, argument) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(argument)
  } catch {
    return false
  }
}

/**
 * Ends a runner that outlived the study which started it: it holds the browser's profile.
 * @throws when that study is still there.
 */
async function endOrphan(pidFile, out) {
  if (!existsSync(pidFile)) return
  const { runner, study } = JSON.parse(readFileSync(pidFile, 'utf8'))
  if (study !== process.pid && isRunning(study, 'study.mjs') && isRunning(runner, out))
    throw new Error(`Another study (process ${study}) is at the same run; wait for it, or stop it.`)
  for (let attempt = 0; isRunning(runner, out) && attempt < 60; attempt++) {
    process.kill(runner, 'SIGTERM')
    await sleep(500)
  }
}

/** Tells now and then how far all runs are. */
function clock(runs) {
  const all = runs.reduce((sum, { units }) => sum + units, 0)
  const startedAt = Date.now()
  let before = 0
  let done = 0
  let lastLine = 0
  const underWay = new Map()
  return {
    /** Runs that an earlier call has finished cost nothing now. */
    skip(units) {
      before += units
    },
    finish(label, units) {
      underWay.delete(label)
      done += units
    },
    tell(label, line, unitsOfRun) {
      underWay.set(label, unitsOfRun)
      if (Date.now() - lastLine < lineEveryMs) return
      lastLine = Date.now()
      const now = [...underWay.values()].reduce((sum, units) => sum + units, done)
      const leftS = ((Date.now() - startedAt) / 1000 / Math.max(now, 1)) * (all - before - now)
      const share = Math.round((100 * (before + now)) / all)
      console.error(`${label}: ${line} (all: ${share} %, ${Math.ceil(leftS / 60)} min left)`)
    },
  }
}

/** One run through the headless runner. @throws with what it said, when it fails. */
async function pretrain({ out, profile, clips, label, notebook }, progress) {
  mkdirSync(out, { recursive: true })
  const notebookFile = join(out, 'study.dubbook.json')
  writeFileSync(notebookFile, JSON.stringify(notebook))
  const pidFile = join(out, 'processes.json')
  await endOrphan(pidFile, out)
  const runner = join(root, 'scripts', 'headless.mjs')
  const args = [runner, notebookFile, '--clips', clips, '--out', out, '--profile', profile]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  writeFileSync(pidFile, JSON.stringify({ runner: child.pid, study: process.pid }))
  const stop = (signal) => child.kill(signal)
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  let said = ''
  let steps = 0
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said = (said + text).slice(-4000)
    const line = text.trim().split('\n').at(-1) ?? ''
    steps = Number(/^pretrain: (?:.*: )?Step (\d+) of /m.exec(text)?.[1] ?? steps)
    progress.tell(label, line, steps)
  })
  const code = await new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', done)
  })
  process.off('SIGINT', stop)
  process.off('SIGTERM', stop)
  rmSync(pidFile, { force: true })
  if (code !== 0) throw new Error(`${label} failed:\n${said.trim()}`)
}

const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length

/** How a run's training went, from what the headless runner wrote. */
function trainingOf({ out, run, seed }) {
  const { cells } = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))
  const cell = (id) => cells.find((one) => one.id === id)
  const { metrics } = cell('pretrain')
  const [head, ...rows] = readFileSync(join(out, 'tracked.csv'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  const column = (name) => rows.slice(-Math.ceil(rows.length / 10)).map((row) => Number(row[head.indexOf(name)]))
  return {
    name: run.name,
    seed,
    steps: metrics.steps,
    initialLoss: metrics.initialLoss,
    finalLoss: metrics.finalLoss,
    chanceLoss: metrics.chanceLoss,
    retrieval: meanOf([...column('retrievalVideoToAudio'), ...column('retrievalAudioToVideo')]),
    retrievalChance: 1 / metrics.batch,
    seconds: cells.reduce((sum, { durationS }) => sum + durationS, 0),
  }
}

/** Tasks that the pilot found fit, and why the others are not asked. */
function chosenTasks(scale, allTasks) {
  if (scale.name !== 'full') return { tasks: allTasks, leftOut: [] }
  if (!existsSync(pilotFile))
    throw new Error(`${relative(root, pilotFile)} is missing: run npm run study -- --pilot first.`)
  const pilot = JSON.parse(readFileSync(pilotFile, 'utf8'))
  const percent = (share) => (100 * share).toFixed(1)
  return {
    tasks: pilot.filter(({ fitness }) => fitness === 'fit').map(({ task }) => task),
    leftOut: pilot
      .filter(({ fitness }) => fitness !== 'fit')
      .map(({ task, fitness, trained: { value, low, high }, untrained, chance }) => {
        const figures = `A.1 ${percent(value)} % [${percent(low)}, ${percent(high)}], untrained weights ${percent(untrained)} %, largest class ${percent(chance)} %`
        return `**Left out before the runs: ${task}**, which the pilot found ${fitness} (${figures}; \`study-pilot.md\`).`
      }),
  }
}

async function main() {
  const options = parseArguments(process.argv.slice(2))
  install({ tests: true })
  const { runnerImport } = await import('vite')
  const { module: parts } = await runnerImport(join(root, 'bench', 'study', 'study.ts'), {
    configFile: false,
    logLevel: 'error',
  })
  const whole = parts.scales[options.scale]
  const scale = { ...whole, seeds: whole.seeds.slice(0, options.seeds ?? whole.seeds.length) }
  const isPilot = options.scale === 'pilot'
  const study = parts.studies[isPilot ? 'pilot' : options.compare]
  const { tasks, leftOut } = chosenTasks(scale, parts.allTasks)
  const { cache } = options
  mkdirSync(cache, { recursive: true })
  const corpus = makeCorpus(cache, scale, parts)

  const runs = scale.seeds.flatMap((seed) =>
    study.runs.map((run) => {
      const notebook = parts.notebookOf(scale, run, seed)
      const clips = run.needsBackground ? corpus.withStems : corpus.clips
      return {
        run,
        seed,
        notebook,
        clips,
        label: `${run.name}, seed ${seed}`,
        out: join(cache, 'runs', keyOf({ notebook, clips })),
        // Runs of one seed find each other's checkpoints and decoded clips.
        profile: join(cache, 'profiles', `${keyOf(corpus.folder)}-${seed}`),
        units: notebook.cells.find(({ id }) => id === 'pretrain').settings.steps + embeddingInSteps,
      }
    }),
  )
  const progress = clock(runs)
  const trainAll = async (own) => {
    for (const run of own) {
      const finished = join(run.out, 'finished')
      if (existsSync(finished)) progress.skip(run.units)
      else {
        await pretrain(run, progress)
        writeWhole(finished, '')
        progress.finish(run.label, run.units)
      }
    }
  }
  const waiting = scale.seeds.map((seed) => runs.filter((run) => run.seed === seed))
  const job = async () => {
    for (let own = waiting.shift(); own; own = waiting.shift()) await trainAll(own)
  }
  await Promise.all(Array.from({ length: options.jobs }, job))

  const read = (name) => readFileSync(join(corpus.clips, name), 'utf8')
  const tables = parts.readTables(read('titles.csv'), read('labels.csv'), read('utterances.csv'))
  const exported = await Promise.all(
    runs.map(async ({ run, seed, out }) => ({
      run,
      seed,
      windows: await openAsBlob(join(out, 'embeddings-windows.zip')),
    })),
  )
  const tracks = logMelTracks(corpus, tables, parts)
  const tell = (message) => console.error(message)
  const results = await parts.evaluate(study, scale, tasks, tables, exported, tracks, tell)

  const name = isPilot ? 'study-pilot' : options.compare === 'variants' ? 'study' : `study-${options.compare}`
  const { adapter, browser } = JSON.parse(readFileSync(join(runs[0].out, 'report.json'), 'utf8'))
  const flags = [
    ...(options.compare === 'variants' ? [] : [`--compare ${options.compare}`]),
    ...(options.scale === 'full' ? [] : [`--${options.scale}`]),
    ...(options.seeds === null ? [] : [`--seeds ${options.seeds}`]),
  ]
  mkdirSync(options.out, { recursive: true })
  const input = {
    study,
    scale,
    command: ['npm run study', ...(flags.length > 0 ? ['--', ...flags] : [])].join(' '),
    results,
    trainings: runs.map(trainingOf),
    leftOut,
    seeds: scale.seeds,
    machine: `${browser}, adapter ${adapter}`,
    figureFile: `${name}.svg`,
  }
  writeWhole(join(options.out, `${name}.svg`), parts.figure(results))
  writeWhole(join(options.out, `${name}.md`), parts.report(input))
  if (isPilot) writeWhole(pilotFile, `${JSON.stringify(parts.pilotOf(results, 'A.1', parts.untrained), null, 2)}\n`)
  console.error(`Written: ${relative(process.cwd(), join(options.out, `${name}.md`))}`)
}

if (isMain(import.meta.url)) await runMain(main)
