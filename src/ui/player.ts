/**
 * Plays several sounds of one length in step, one of them heard: switching between languages keeps the place.
 * Owns an AudioContext from the first `play` on.
 */
const sampleRate = 48_000

export class Player {
  #context: AudioContext | null = null
  #voices: readonly { readonly source: AudioBufferSourceNode; readonly gain: GainNode }[] = []
  #startedAt = 0

  /**
   * Starts all sounds (mono, 48 kHz) from `fromS` on, with only `heard` audible.
   * @param onEnd - called when the first sound has come to its end, not when it is stopped
   */
  play(sounds: readonly Float32Array[], heard: number, fromS: number, onEnd: () => void): void {
    this.stop()
    this.#context ??= new AudioContext({ sampleRate })
    const context = this.#context
    void context.resume()
    this.#voices = sounds.map((samples, index) => {
      const buffer = context.createBuffer(1, Math.max(1, samples.length), sampleRate)
      buffer.copyToChannel(new Float32Array(samples), 0)
      const source = new AudioBufferSourceNode(context, { buffer })
      const gain = new GainNode(context, { gain: index === heard ? 1 : 0 })
      source.connect(gain).connect(context.destination)
      source.start(0, fromS)
      if (index === 0) source.onended = onEnd
      return { source, gain }
    })
    this.#startedAt = context.currentTime - fromS
  }

  /** Makes another sound the one that is heard, without a click. */
  hear(index: number): void {
    const context = this.#context
    if (!context) return
    for (const [voice, { gain }] of this.#voices.entries())
      gain.gain.setTargetAtTime(voice === index ? 1 : 0, context.currentTime, 0.01)
  }

  /** Where the sounds are, in seconds from their beginning. */
  get positionS(): number {
    return this.#context ? this.#context.currentTime - this.#startedAt : 0
  }

  stop(): void {
    for (const { source } of this.#voices) {
      source.onended = null
      source.stop()
    }
    this.#voices = []
  }

  async close(): Promise<void> {
    this.stop()
    await this.#context?.close()
    this.#context = null
  }
}
