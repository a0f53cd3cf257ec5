/** What a pickle may make: these and nothing else. Lists are JavaScript arrays, texts strings, None null. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Tuple
  | Dictionary
  | NamedThing
  | Inert
  | Storage
  | TorchTensor;

export class Tuple {
  readonly items: readonly PickleValue[];

  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A dict or an OrderedDict. Only what stands under a text is ever looked for. */
export class Dictionary {
  readonly entries = new Map<PickleValue, PickleValue>();
}

/** Something of a kind that checkpoints hold beside the weights (a NumPy number, a set, options): that it was there is all that is kept. */
export class Inert {
  /** Tensors among what it was made of have storages, which the older format numbers together with all others. */
  readonly held: PickleValue[];

  constructor(held: PickleValue[]) {
    this.held = held;
  }
}

/** A global that is on the list: a function to be called with REDUCE, or a type of storage. */
export class NamedThing {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Where the numbers of tensors lie: a type, the key of its bytes, and how many elements there are. */
export class Storage {
  readonly type: string;
  readonly key: string;
  readonly elements: number;

  constructor(type: string, key: string, elements: number) {
    this.type = type;
    this.key = key;
    this.elements = elements;
  }
}

/** A view of a storage. Offset, sizes and strides count elements. */
export class TorchTensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly size: readonly number[];
  readonly stride: readonly number[];

  constructor(storage: Storage, offset: number, size: readonly number[], stride: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.size = size;
    this.stride = stride;
  }
}
