/**
 * A pickle machine (Python's pickletools.py describes the instructions) that can make nothing but containers, numbers, texts and
 * views of tensors. Names are looked up in a list of a dozen (globals.ts), and what would run code, make objects of classes or
 * reach outside is refused with its name. Programs are limited in length, instructions, objects and depth.
 */
import { limits } from '../limits.ts';
import { damaged, tooLarge, unsafe, unsupported } from '../refusal.ts';
import { callGlobal, findGlobal, findStorage, keepsake, setEntry } from './globals.ts';
import { parseInteger, PickleReader } from './pickleReader.ts';
import { Dictionary, Inert, NamedThing, Storage, TorchTensor, Tuple, type PickleValue } from './pickleValues.ts';

/** Runs one program and gives what it leaves, with the place after its end. */
export function runPickle(bytes: Uint8Array, start = 0): { value: PickleValue; end: number } {
  const machine = new Machine(new PickleReader(bytes, start));
  return machine.run();
}

const mark = Symbol('mark');
type Slot = PickleValue | typeof mark;

class Machine {
  private readonly reader: PickleReader;
  private readonly stack: Slot[] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(reader: PickleReader) {
    this.reader = reader;
  }

  run(): { value: PickleValue; end: number } {
    const { reader } = this;
    for (let count = 0; count < limits.pickleInstructions; count += 1) {
      const code = reader.byte();
      if (code === 0x2e) {
        const value = this.pop();
        if (this.stack.length > 0) throw damaged('The pickle leaves more than one object.');
        return { value, end: reader.position };
      }
      const instruction = instructions[code];
      if (instruction === undefined) throw refusedInstruction(code);
      instruction(this, reader);
      if (this.stack.length > limits.pickleObjects || this.memo.size > limits.pickleObjects) {
        throw tooLarge('The pickle makes too many objects.');
      }
    }
    throw tooLarge(`The pickle has more than ${limits.pickleInstructions} instructions.`);
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || value === mark) throw damaged('The pickle takes an object that is not there.');
    return value;
  }

  top(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined || value === mark) throw damaged('The pickle uses an object that is not there.');
    return value;
  }

  mark(): void {
    this.stack.push(mark);
  }

  /** Everything above the last mark; the mark goes too. */
  popToMark(): PickleValue[] {
    const place = this.stack.lastIndexOf(mark);
    if (place < 0) throw damaged('The pickle has no mark where it needs one.');
    const items = this.stack.splice(place);
    return items.filter((item) => item !== mark);
  }

  remember(key: number): void {
    this.memo.set(key, this.top());
  }

  memoize(): void {
    this.memo.set(this.memo.size, this.top());
  }

  recall(key: number): void {
    const value = this.memo.get(key);
    if (value === undefined) throw damaged('The pickle recalls an object that it has not made.');
    this.push(value);
  }

  append(items: PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw damaged('The pickle appends to something that is no list.');
    for (const item of items) list.push(item);
  }

  set(items: PickleValue[]): void {
    const dictionary = this.top();
    if (!(dictionary instanceof Dictionary))
      throw damaged('The pickle sets entries of something that is no dictionary.');
    if (items.length % 2 !== 0) throw damaged('The pickle sets a key without a value.');
    for (let index = 0; index < items.length; index += 2) setEntry(dictionary, items[index], items[index + 1]);
  }

  /** The state of an object. Dictionaries have attributes (`_metadata`) that say nothing about weights; others have none. */
  build(): void {
    const state = this.pop();
    const top = this.top();
    if (top instanceof Inert) top.held.push(state);
    else if (!(top instanceof Dictionary)) throw unsafe('It sets the state of an object that is no dictionary.');
  }

  /** An object of a class, which only what is kept beside weights may be. */
  newObject(): void {
    const args = this.pop();
    const made = keepsake(this.pop(), args);
    if (made === null) throw refusedInstruction(0x81);
    this.push(made);
  }

  addItems(): void {
    const items = this.popToMark();
    const set = this.top();
    if (!(set instanceof Inert)) throw damaged('The pickle adds items to something that is no set.');
    for (const item of items) set.held.push(item);
  }

  global(module: PickleValue, name: PickleValue): void {
    if (typeof module !== 'string' || typeof name !== 'string') throw damaged('A global has no name.');
    this.push(findGlobal(module, name));
  }
}

type Instruction = (machine: Machine, reader: PickleReader) => void;

function pushing(read: (reader: PickleReader) => PickleValue): Instruction {
  return (machine, reader) => machine.push(read(reader));
}

function tupleOf(length: number): Instruction {
  return (machine) => {
    const items = Array.from({ length }, () => machine.pop()).reverse();
    machine.push(new Tuple(items));
  };
}

function dictionaryOf(machine: Machine): void {
  const items = machine.popToMark();
  machine.push(new Dictionary());
  machine.set(items);
}

/** Text of pickle protocol 0, in quotes with backslashes. Escapes other than plain ones are not needed by weights. */
function quoted(line: string): string {
  const match = /^(['"])([^\\]*)\1$/.exec(line);
  if (!match) throw unsupported('A text of the pickle is written in a way that is not read.');
  return match[2]!;
}

function decimal(line: string): number {
  const value = Number(line);
  if (line.trim() === '' || Number.isNaN(value)) throw damaged('A number of the pickle is none.');
  return value;
}

const instructions: Readonly<Record<number, Instruction>> = {
  // Protocol and framing
  0x80: (_machine, reader) => {
    if (reader.byte() > 5) throw unsupported('The pickle is of a protocol above 5.');
  },
  0x95: (_machine, reader) => void reader.length64(),
  // Stack
  0x28: (machine) => machine.mark(),
  0x30: (machine) => void machine.pop(),
  0x31: (machine) => void machine.popToMark(),
  0x32: (machine) => machine.push(machine.top()),
  // Constants and numbers
  0x4e: pushing(() => null),
  0x88: pushing(() => true),
  0x89: pushing(() => false),
  0x49: pushing((reader) => {
    const line = reader.line();
    return line === '00' ? false : line === '01' ? true : parseInteger(line);
  }),
  0x4c: pushing((reader) => parseInteger(reader.line())),
  0x4a: pushing((reader) => reader.int32()),
  0x4b: pushing((reader) => reader.byte()),
  0x4d: pushing((reader) => reader.uint16()),
  0x8a: pushing((reader) => reader.integer(reader.byte())),
  0x8b: pushing((reader) => reader.integer(reader.uint32())),
  0x46: pushing((reader) => decimal(reader.line())),
  0x47: pushing((reader) => reader.double()),
  // Texts and bytes
  0x53: pushing((reader) => quoted(reader.line())),
  0x54: pushing((reader) => reader.latin(reader.uint32())),
  0x55: pushing((reader) => reader.latin(reader.byte())),
  0x56: pushing((reader) => reader.line()),
  0x58: pushing((reader) => reader.text(reader.uint32())),
  0x8c: pushing((reader) => reader.text(reader.byte())),
  0x8d: pushing((reader) => reader.text(reader.length64())),
  0x42: pushing((reader) => reader.raw(reader.uint32())),
  0x43: pushing((reader) => reader.raw(reader.byte())),
  0x8e: pushing((reader) => reader.raw(reader.length64())),
  0x96: pushing((reader) => reader.raw(reader.length64())),
  // Containers
  0x5d: pushing(() => []),
  0x61: (machine) => {
    const item = machine.pop();
    machine.append([item]);
  },
  0x65: (machine) => {
    const items = machine.popToMark();
    machine.append(items);
  },
  0x6c: (machine) => machine.push(machine.popToMark()),
  0x29: pushing(() => new Tuple([])),
  0x74: (machine) => machine.push(new Tuple(machine.popToMark())),
  0x85: tupleOf(1),
  0x86: tupleOf(2),
  0x87: tupleOf(3),
  0x7d: pushing(() => new Dictionary()),
  0x64: dictionaryOf,
  0x73: (machine) => {
    const value = machine.pop();
    const key = machine.pop();
    machine.set([key, value]);
  },
  0x75: (machine) => {
    const items = machine.popToMark();
    machine.set(items);
  },
  // Memo
  0x67: (machine, reader) => machine.recall(decimal(reader.line())),
  0x68: (machine, reader) => machine.recall(reader.byte()),
  0x6a: (machine, reader) => machine.recall(reader.uint32()),
  0x70: (machine, reader) => machine.remember(decimal(reader.line())),
  0x71: (machine, reader) => machine.remember(reader.byte()),
  0x72: (machine, reader) => machine.remember(reader.uint32()),
  0x94: (machine) => machine.memoize(),
  // Names, calls, state, outside objects
  0x63: (machine, reader) => {
    const module = reader.line();
    machine.global(module, reader.line());
  },
  0x93: (machine) => {
    const name = machine.pop();
    machine.global(machine.pop(), name);
  },
  0x52: (machine) => {
    const args = machine.pop();
    machine.push(callGlobal(machine.pop(), args));
  },
  0x62: (machine) => machine.build(),
  0x81: (machine) => machine.newObject(),
  // Sets
  0x8f: pushing(() => new Inert([])),
  0x90: (machine) => machine.addItems(),
  0x91: (machine) => machine.push(new Inert(machine.popToMark())),
  0x51: (machine) => machine.push(findStorage(machine.pop())),
};

const refusedNames: Readonly<Record<number, string>> = {
  0x69: 'INST',
  0x6f: 'OBJ',
  0x81: 'NEWOBJ',
  0x92: 'NEWOBJ_EX',
  0x82: 'EXT1',
  0x83: 'EXT2',
  0x84: 'EXT4',
  0x50: 'PERSID',
  0x97: 'NEXT_BUFFER',
  0x98: 'READONLY_BUFFER',
};

function refusedInstruction(code: number): Error {
  const name = refusedNames[code];
  if (name !== undefined) return unsafe(`It uses the pickle instruction ${name}, which weights have no use for.`);
  return damaged(`Its byte 0x${code.toString(16).padStart(2, '0')} is no pickle instruction.`);
}

/** Walks over everything reachable, and refuses what is nested deeper than the limit. Cycles are legal in pickles and end here. */
export function checkDepth(value: PickleValue): void {
  const seen = new Set<PickleValue>();
  const waiting: { value: PickleValue; depth: number }[] = [{ value, depth: 0 }];
  while (waiting.length > 0) {
    const next = waiting.pop()!;
    if (typeof next.value !== 'object' || next.value === null || seen.has(next.value)) continue;
    if (next.depth > limits.depth) throw tooLarge(`The pickle nests deeper than ${limits.depth}.`);
    seen.add(next.value);
    for (const child of childrenOf(next.value)) waiting.push({ value: child, depth: next.depth + 1 });
  }
}

function childrenOf(value: PickleValue): Iterable<PickleValue> {
  if (Array.isArray(value)) return value;
  if (value instanceof Tuple) return value.items;
  if (value instanceof Dictionary) return value.entries.values();
  if (value instanceof Inert) return value.held;
  if (value instanceof NamedThing || value instanceof Storage || value instanceof TorchTensor) return [];
  return [];
}
