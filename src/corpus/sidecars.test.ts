import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchSidecars } from './sidecars'

/** Sound, its video, its language. */
const matched = (videos: readonly string[], sounds: readonly string[]) =>
  matchSidecars(videos, sounds).sidecars.map(({ sound, video, language }) => [sound, video, language])

describe('matchSidecars', () => {
  test.each([
    ['scene.fr.m4a', 'fr'],
    ['scene_fra.wav', 'fr'],
    ['fr/scene.wav', 'fr'],
    ['scene [French].opus', 'fr'],
    ['Scene-FRENCH.mp3', 'fr'],
    ['scene.pt-BR.flac', 'pt-BR'],
    ['scene_pt_BR.flac', 'pt-BR'],
    ['scene (Brazilian Portuguese).ogg', 'pt-BR'],
    ['audio/ja/scene.aac', 'ja'],
    ['dubs/Deutsch/scene.wav', 'de'],
    ['scene/es.wav', 'es'],
    ['es.wav', 'es'],
    ['scene.wav', 'und'],
    ['scene 5.1 [ger].wav', 'de'],
  ])('%s is the %s sound of scene.mp4', (sound, language) => {
    expect(matched(['scene.mp4'], [sound])).toEqual([[sound, 'scene.mp4', language]])
  })

  test('what somebody has said goes before names; the language is still read from them', () => {
    const byHand = new Map([
      ['fr/take two.wav', 'a.mp4'],
      ['b.de.wav', 'a.mp4'],
      ['c.wav', 'gone.mp4'],
    ])
    const { sidecars, unmatched } = matchSidecars(['a.mp4', 'b.mp4'], [...byHand.keys()], byHand)
    expect(sidecars.map(({ sound, video, language }) => [sound, video, language])).toEqual([
      ['fr/take two.wav', 'a.mp4', 'fr'],
      ['b.de.wav', 'a.mp4', 'de'],
    ])
    expect(unmatched).toEqual([{ sound: 'c.wav', reason: 'no-video' }])
  })

  test('the longest name decides, and a name does not end inside a word', () => {
    const videos = ['scene 1.mp4', 'scene 10.mp4', 'scene.mp4', 'scene.uncut.mp4']
    expect(matched(videos, ['scene 10.fr.wav', 'scene 1.fr.wav', 'scene.uncut.fr.wav', 'scene.fr.wav'])).toEqual([
      ['scene 10.fr.wav', 'scene 10.mp4', 'fr'],
      ['scene 1.fr.wav', 'scene 1.mp4', 'fr'],
      ['scene.uncut.fr.wav', 'scene.uncut.mp4', 'fr'],
      ['scene.fr.wav', 'scene.mp4', 'fr'],
    ])
    expect(matched(['scene.mp4'], ['scenery.fr.wav'])).toEqual([])
  })

  test('of videos with one name the one nearby is meant, and none where both are', () => {
    const videos = ['a/scene.mp4', 'b/scene.mp4']
    expect(matched(videos, ['a/fr/scene.wav', 'b/scene.fr.wav'])).toEqual([
      ['a/fr/scene.wav', 'a/scene.mp4', 'fr'],
      ['b/scene.fr.wav', 'b/scene.mp4', 'fr'],
    ])
    expect(matchSidecars(videos, ['scene.fr.wav'])).toEqual({
      sidecars: [],
      unmatched: [{ sound: 'scene.fr.wav', reason: 'several-videos' }],
    })
  })

  test('a video that says its own language has sidecars in others', () => {
    expect(matched(['scene.en.mp4'], ['scene.fr.wav', 'scene.en.commentary.wav'])).toEqual([
      ['scene.fr.wav', 'scene.en.mp4', 'fr'],
      ['scene.en.commentary.wav', 'scene.en.mp4', 'en'],
    ])
  })

  test('what else a name says is kept', () => {
    expect(matchSidecars(['scene.mp4'], ["scene.en.director's commentary.wav"]).sidecars[0]).toMatchObject({
      language: 'en',
      label: "director's commentary",
    })
  })

  test('sound without a video stays alone', () => {
    expect(matchSidecars([], ['song.wav', 'fr.wav']).unmatched.map(({ reason }) => reason)).toEqual([
      'no-video',
      'no-video',
    ])
    expect(matchSidecars(['a.mp4', 'b.mp4'], ['fr.wav']).unmatched).toEqual([{ sound: 'fr.wav', reason: 'no-video' }])
  })

  test('every sound is told of once, whatever the names, and the order of the files changes nothing', () => {
    const path = fc
      .array(fc.constantFrom('a', 'scene', 'Fr', 'x 1', '日本語', '[x]', ''), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('/'))
    const name = fc
      .tuple(path, fc.constantFrom('.', '_', ' [', '-'), fc.string({ maxLength: 6 }))
      .map((p) => p.join(''))
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.uniqueArray(name), (videos, sounds) => {
        const { sidecars, unmatched } = matchSidecars(videos, sounds)
        expect([...sidecars, ...unmatched].map(({ sound }) => sound).sort()).toEqual(sounds.toSorted())
        for (const { video } of sidecars) expect(videos).toContain(video)
        const reversed = matchSidecars(videos.toReversed(), sounds)
        expect(reversed.sidecars).toEqual(sidecars)
      }),
    )
  })

  test('any name, any language, any usual way of writing it', () => {
    const stem = fc.stringMatching(/^[a-z][a-z0-9 ]{2,12}[a-z0-9]$/)
    const tag = fc.constantFrom('en', 'fr', 'ja', 'pt-BR', 'es', 'de', 'zh', 'hi')
    const ways = fc.constantFrom<(stem: string, tag: string) => string>(
      (stem, tag) => `${stem}.${tag}.wav`,
      (stem, tag) => `${stem}_${tag}.wav`,
      (stem, tag) => `${stem}-${tag}.wav`,
      (stem, tag) => `${stem} [${tag}].wav`,
      (stem, tag) => `${tag}/${stem}.wav`,
      (stem, tag) => `audio/${tag}/${stem}.wav`,
    )
    fc.assert(
      fc.property(stem, tag, ways, (name, language, way) => {
        const sound = way(name, language)
        expect(matched([`${name}.mp4`], [sound])).toEqual([[sound, `${name}.mp4`, language]])
      }),
    )
  })
})
