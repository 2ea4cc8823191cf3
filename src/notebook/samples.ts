/** The dubbed clips that come with the page: the one list of their files, and how they are fetched from our own origin. */
import type { MediaFile } from '../engine/api'

/** Files of `public/samples/`, in the order in which the corpus cell gets them. */
const sampleFiles = [
  'title00.mp4',
  'title01.mp4',
  'title02.mp4',
  'title03.mp4',
  'title04.mp4',
  'title05.mp4',
  'labels.csv',
  'titles.csv',
] as const

const folder = 'samples'

/** The notebook that the first visit opens. */
export const sampleNotebookUrl = `${folder}/sample.dubbook.json`

/** Whether a path of a corpus cell stands for a bundled clip. */
export const isSamplePath = (path: string): boolean => path.startsWith(`${folder}/`)

/** @throws when a clip cannot be fetched; the message names it. */
export const fetchSamples = (): Promise<readonly MediaFile[]> =>
  Promise.all(
    sampleFiles.map(async (name) => {
      const path = `${folder}/${name}`
      const response = await fetch(path).catch((cause: unknown) => cause)
      if (!(response instanceof Response) || !response.ok)
        throw new Error(
          `Sample clip ${name} could not be fetched (${response instanceof Response ? `status ${response.status}` : String(response)}); reload the page when the server is back.`,
        )
      return { path, file: new File([await response.blob()], name) }
    }),
  )

/** What a title is called on the page: the folder of the bundled clips is nobody's concern. */
export const shownFile = (file: string): string => (isSamplePath(file) ? file.slice(folder.length + 1) : file)
