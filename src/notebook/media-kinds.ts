/** What dropped files are, by their names: media and label tables for a corpus cell, weights for a model cell, notebooks. */

/** What is read, then what is answered with the command that makes it readable; the engine looks at contents, not at names. */
const extensions = new Set(
  (
    'mp4 m4v m4a m4b 3gp mov mkv mka webm weba ts mts m2ts mpegts ogg oga ogv opus mp3 flac wav aac csv ' +
    'avi wmv asf wma flv rm rmvb mpg mpeg vob mxf aif aiff caf ac3 eac3 dts'
  ).split(' '),
)

export const isCorpusFile = (path: string): boolean => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return !name.startsWith('.') && extensions.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase())
}

const weightExtensions = new Set(['safetensors', 'pt', 'pth', 'pyth'])

export const isWeightsFile = (path: string): boolean => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return !name.startsWith('.') && weightExtensions.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase())
}

export const isNotebookFile = (path: string): boolean => path.toLowerCase().endsWith('.dubbook.json')

/** A pretraining run that was exported from a run history. */
export const isRunFile = (path: string): boolean => path.toLowerCase().endsWith('.dubrun')
