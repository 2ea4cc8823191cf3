/**
 * Python pickles as plain data (the opcodes of Python's `pickletools.py`, those that `torch.save` uses). Nothing is ever
 * run or imported: calls go to `pickle-objects.ts`, which knows a dozen names. The file is hostile until parsed, so
 * everything is bounded: one pass over the bytes, no recursion, a limit on values.
 */
import { callNamed, storageOf } from './pickle-objects'
import { emptyDictionary, isKind, type PickleValue, type Sequence } from './pickle-values'

/** An optimiser's state over thousands of tensors has tens of thousands. */
const maxValues = 2_000_000
/** Whole numbers longer than this are in no checkpoint, and slow to parse. */
const maxIntegerBytes = 32

/** @throws saying at which byte the pickle is cut off, malformed, or goes beyond what is read. */
export function readPickle(bytes: Uint8Array<ArrayBuffer>): PickleValue {
  return new Machine(bytes).run()
}

class Machine {
  private readonly view: DataView
  private at = 0
  /** Where the opcode that is being done stands. */
  private opcodeAt = 0
  private stack: PickleValue[] = []
  private readonly marks: number[] = []
  private readonly memo = new Map<number, PickleValue>()
  private values = 0

  constructor(private readonly bytes: Uint8Array<ArrayBuffer>) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  run(): PickleValue {
    for (;;) {
      this.opcodeAt = this.at
      const code = this.take(1).getUint8(0)
      if (code === 0x2e) return this.pop()
      const opcode = opcodes[code]
      if (!opcode) return this.fail(`opcode 0x${code.toString(16)} is none that torch.save writes`)
      opcode(this)
    }
  }

  fail(cause: string): never {
    throw new Error(`The pickle is not readable: at byte ${this.opcodeAt}, ${cause}.`)
  }

  /** The next `count` bytes. */
  take(count: number): DataView {
    if (count > this.bytes.length - this.at)
      this.fail(`${count} bytes are wanted where ${this.bytes.length - this.at} are left`)
    this.at += count
    return new DataView(this.view.buffer, this.view.byteOffset + this.at - count, count)
  }

  takeBytes(count: number): Uint8Array<ArrayBuffer> {
    this.take(count)
    return this.bytes.subarray(this.at - count, this.at)
  }

  length(sizeBytes: 1 | 4 | 8): number {
    const view = this.take(sizeBytes)
    if (sizeBytes === 1) return view.getUint8(0)
    return sizeBytes === 4 ? view.getUint32(0, true) : Number(view.getBigUint64(0, true))
  }

  text(sizeBytes: 1 | 4 | 8): string {
    return utf8.decode(this.takeBytes(this.length(sizeBytes)))
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at)
    if (end < 0) this.fail('a name has no end')
    const line = utf8.decode(this.bytes.subarray(this.at, end))
    this.at = end + 1
    return line
  }

  integer(sizeBytes: 1 | 4): number | bigint {
    const count = this.length(sizeBytes)
    if (count > maxIntegerBytes) this.fail(`a whole number of ${count} bytes is too long`)
    let value = 0n
    for (const byte of this.takeBytes(count).toReversed()) value = (value << 8n) | BigInt(byte)
    const signed = BigInt.asIntN(8 * count, value)
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed
  }

  push(value: PickleValue): void {
    if (++this.values > maxValues) this.fail(`it holds more than ${maxValues} values`)
    this.stack.push(value)
  }

  pop(): PickleValue {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) this.fail('a value is missing')
    // The stack is longer than that, so it has a last value.
    return this.stack.pop() as PickleValue
  }

  top(): PickleValue {
    const value = this.pop()
    this.stack.push(value)
    return value
  }

  mark(): void {
    if (++this.values > maxValues) this.fail(`it holds more than ${maxValues} values`)
    this.marks.push(this.stack.length)
  }

  popToMark(): PickleValue[] {
    const mark = this.marks.pop()
    return mark === undefined ? this.fail('a mark is missing') : this.stack.splice(mark)
  }

  popItems(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse()
  }

  remember(index: number): void {
    this.memo.set(index, this.top())
  }

  rememberNext(): void {
    this.remember(this.memo.size)
  }

  recall(index: number): void {
    const value = this.memo.get(index)
    this.push(value === undefined ? this.fail(`nothing was remembered as ${index}`) : value)
  }

  /** A call of whatever was named; only a name can be called. */
  call(callee: PickleValue, args: PickleValue): void {
    if (!isKind(args, 'tuple')) this.fail('a call has no arguments')
    if (!isKind(callee, 'class', 'foreign')) this.fail('something is called that is no function')
    this.push(callee.kind === 'class' ? callNamed(callee, args.items) : callee)
  }

  name(module: PickleValue, name: PickleValue): void {
    if (typeof module !== 'string' || typeof name !== 'string') this.fail('a class has no name')
    this.push({ kind: 'class', name: `${module}.${name}`.slice(0, 200) })
  }

  /** Adds to the list or set on top; what is not read takes anything. */
  append(items: readonly PickleValue[]): void {
    const target = this.top()
    if (isKind(target, 'list', 'set')) for (const item of items) target.items.push(item)
    else if (!isKind(target, 'foreign')) this.fail('values are added to what is no list')
  }

  setItems(items: readonly PickleValue[]): void {
    const target = this.top()
    if (items.length % 2 !== 0) this.fail('a key has no value')
    if (isKind(target, 'foreign')) return
    if (!isKind(target, 'dict')) this.fail('entries are set on what is no dictionary')
    for (let i = 0; i + 1 < items.length; i += 2) target.entries.push([items[i] ?? null, items[i + 1] ?? null])
  }

  build(): void {
    const state = this.pop()
    const target = this.top()
    if (isKind(target, 'dict')) target.attributes = state
    else if (!isKind(target, 'foreign', 'tensor')) this.fail('a state is set on what has none')
  }
}

const utf8 = new TextDecoder()
const latin1 = new TextDecoder('latin1')
const constant =
  (value: null | boolean): Opcode =>
  (m) =>
    m.push(value)
const tuple =
  (count: number): Opcode =>
  (m) =>
    m.push({ kind: 'tuple', items: m.popItems(count) })
const empty =
  (kind: Sequence['kind']): Opcode =>
  (m) =>
    m.push({ kind, items: [] })

type Opcode = (machine: Machine) => void

/** By the byte that stands for it; names as in `pickletools.py`. */
const opcodes: Readonly<Record<number, Opcode>> = {
  // MARK ( POP 0 POP_MARK 1 DUP 2
  40: (m) => m.mark(),
  48: (m) => void m.pop(),
  49: (m) => void m.popToMark(),
  50: (m) => m.push(m.top()),
  // NONE N NEWTRUE NEWFALSE
  78: constant(null),
  136: constant(true),
  137: constant(false),
  // BININT J BININT1 K BININT2 M LONG1 LONG4 BINFLOAT G
  74: (m) => m.push(m.take(4).getInt32(0, true)),
  75: (m) => m.push(m.take(1).getUint8(0)),
  77: (m) => m.push(m.take(2).getUint16(0, true)),
  138: (m) => m.push(m.integer(1)),
  139: (m) => m.push(m.integer(4)),
  71: (m) => m.push(m.take(8).getFloat64(0)),
  // BINUNICODE X SHORT_BINUNICODE BINUNICODE8; Python 2's SHORT_BINSTRING U BINSTRING T
  88: (m) => m.push(m.text(4)),
  140: (m) => m.push(m.text(1)),
  141: (m) => m.push(m.text(8)),
  85: (m) => m.push(latin1.decode(m.takeBytes(m.length(1)))),
  84: (m) => m.push(latin1.decode(m.takeBytes(m.length(4)))),
  // SHORT_BINBYTES C BINBYTES B BINBYTES8 BYTEARRAY8
  67: (m) => m.push(m.takeBytes(m.length(1))),
  66: (m) => m.push(m.takeBytes(m.length(4))),
  142: (m) => m.push(m.takeBytes(m.length(8))),
  150: (m) => m.push(m.takeBytes(m.length(8))),
  // EMPTY_TUPLE ) TUPLE t TUPLE1 TUPLE2 TUPLE3
  41: tuple(0),
  116: (m) => m.push({ kind: 'tuple', items: m.popToMark() }),
  133: tuple(1),
  134: tuple(2),
  135: tuple(3),
  // EMPTY_LIST ] LIST l APPEND a APPENDS e
  93: empty('list'),
  108: (m) => m.push({ kind: 'list', items: m.popToMark() }),
  97: (m) => m.append(m.popItems(1)),
  101: (m) => m.append(m.popToMark()),
  // EMPTY_DICT } DICT d SETITEM s SETITEMS u
  125: (m) => m.push(emptyDictionary()),
  100: (m) => {
    const items = m.popToMark()
    m.push(emptyDictionary())
    m.setItems(items)
  },
  115: (m) => m.setItems(m.popItems(2)),
  117: (m) => m.setItems(m.popToMark()),
  // EMPTY_SET ADDITEMS FROZENSET
  143: empty('set'),
  144: (m) => m.append(m.popToMark()),
  145: (m) => m.push({ kind: 'set', items: m.popToMark() }),
  // BINPUT q LONG_BINPUT r MEMOIZE BINGET h LONG_BINGET j
  113: (m) => m.remember(m.length(1)),
  114: (m) => m.remember(m.length(4)),
  148: (m) => m.rememberNext(),
  104: (m) => m.recall(m.length(1)),
  106: (m) => m.recall(m.length(4)),
  // GLOBAL c STACK_GLOBAL REDUCE R NEWOBJ NEWOBJ_EX BUILD b BINPERSID Q
  99: (m) => m.name(m.line(), m.line()),
  147: (m) => {
    const name = m.pop()
    m.name(m.pop(), name)
  },
  82: (m) => {
    const args = m.pop()
    m.call(m.pop(), args)
  },
  129: (m) => {
    const args = m.pop()
    m.call(m.pop(), args)
  },
  146: (m) => {
    m.pop()
    const args = m.pop()
    m.call(m.pop(), args)
  },
  98: (m) => m.build(),
  81: (m) => m.push(storageOf(m.pop())),
  // PROTO FRAME
  128: (m) => void m.take(1),
  149: (m) => void m.take(8),
}
