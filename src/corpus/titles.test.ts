import { expect, test } from 'vitest'
import { parseTitles } from './titles'

test('the titles of the sample clips read with original language, languages and genre', async () => {
  const text = await (await fetch('/samples/titles.csv')).text()
  const { titles, problems } = parseTitles(text, [
    'title00.mp4',
    'title01.mp4',
    'title02.mp4',
    'title03.mp4',
    'title04.mp4',
    'title05.mp4',
  ])
  expect(problems).toEqual([])
  expect(titles.size).toBe(6)
  expect(titles.get('title01.mp4')).toEqual({ original: 'en', languages: ['en', 'es', 'fr', 'ja'], genre: 'drama' })
})

test('language tags are brought to their shortest form; what is none is a problem with its line', () => {
  const { titles, problems } = parseTitles('file,original,languages,genre\na,jpn,jpn+PT-br,\nb,,,drama\nc,e,,\n', [
    'a.mp4',
    'b.mp4',
    'c.mp4',
  ])
  expect(titles.get('a.mp4')).toEqual({ original: 'ja', languages: ['ja', 'pt-BR'] })
  expect(titles.get('b.mp4')).toEqual({ languages: [], genre: 'drama' })
  expect(problems).toEqual([{ file: 'titles.csv', message: 'Line 4: "e" is no language tag such as en or pt-BR.' }])
})
