/** Which files of a dropped folder a corpus cell wants: media and label tables, not what else lies around. */

const extensions = new Set(
  'mp4 m4v m4a mov mkv mka webm weba ts mts m2ts ogg oga ogv opus mp3 flac wav aac avi mxf csv'.split(' '),
)

export const isCorpusFile = (path: string): boolean => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return !name.startsWith('.') && extensions.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase())
}

export const isNotebookFile = (path: string): boolean => path.toLowerCase().endsWith('.dubbook.json')
