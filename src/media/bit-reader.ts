/** Bits of codec headers, most significant first. Past the end it reads zeros: a cut-off header ends in defaults. */
export class BitReader {
  #position = 0

  constructor(private readonly bytes: Uint8Array) {}

  get bitsLeft(): number {
    return this.bytes.length * 8 - this.#position
  }

  /** Up to 32 bits as an unsigned number. */
  bits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) {
      const byte = this.bytes[this.#position >> 3] ?? 0
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1)
      this.#position++
    }
    return value
  }

  flag(): boolean {
    return this.bits(1) === 1
  }

  /** Unsigned Exp-Golomb code (ITU-T H.264, 9.1). */
  unsignedGolomb(): number {
    let zeros = 0
    while (zeros < 32 && this.bitsLeft > 0 && this.bits(1) === 0) zeros++
    return 2 ** zeros - 1 + this.bits(zeros)
  }

  signedGolomb(): number {
    const code = this.unsignedGolomb()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}
