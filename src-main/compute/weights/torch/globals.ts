import { limits } from '../limits.ts';
import { bytesOf, type Dtype } from '../tensorTable.ts';
import { damaged, unsafe, unsupported } from '../refusal.ts';
import { Dictionary, Inert, NamedThing, Storage, TorchTensor, Tuple, type PickleValue } from './pickleValues.ts';

/** Types of storage and their numbers. `UntypedStorage` counts bytes; the tensors that use it name their type. */
const storageTypes: Readonly<Record<string, Dtype>> = {
  'torch DoubleStorage': 'F64',
  'torch FloatStorage': 'F32',
  'torch HalfStorage': 'F16',
  'torch BFloat16Storage': 'BF16',
  'torch LongStorage': 'I64',
  'torch IntStorage': 'I32',
  'torch ShortStorage': 'I16',
  'torch CharStorage': 'I8',
  'torch ByteStorage': 'U8',
  'torch BoolStorage': 'BOOL',
};

/** Everything that a pickle may name. What is not here is refused by name; nothing is ever imported or run. */
const functions: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>> = {
  'collections OrderedDict': orderedDict,
  'torch._utils _rebuild_tensor': rebuildTensor,
  'torch._utils _rebuild_tensor_v2': rebuildTensor,
  'torch._utils _rebuild_parameter': rebuildParameter,
  'torch._utils _rebuild_parameter_with_state': rebuildParameter,
  'torch Size': ([items]) => (items instanceof Tuple ? items : new Tuple(asList(items, 'torch.Size'))),
  'torch device': () => null,
  '_codecs encode': encode,
  // A tensor with attributes in Python: `(rebuild, class, arguments, attributes)`.
  'torch._tensor _rebuild_from_type_v2': ([rebuild, , args]) => callGlobal(rebuild ?? null, args ?? null),
  'collections defaultdict': () => new Dictionary(),
  'collections Counter': ([counts]) => (counts instanceof Dictionary ? counts : new Dictionary()),
};

/** Types of numbers, which checkpoints mention and nothing here looks at. */
const inert = /^torch (?:u?int(?:8|16|32|64)|(?:b?float)(?:16|32|64)|half|float|double|bool|long)$/;

/** Kinds of things that checkpoints keep beside the weights. Nothing is made of them but a mark that something was there. */
const keepsakes = new Set([
  'numpy dtype',
  'numpy ndarray',
  ...['numpy.core.multiarray', 'numpy._core.multiarray'].flatMap((module) => [
    `${module} scalar`,
    `${module} _reconstruct`,
  ]),
  ...['builtins', '__builtin__'].flatMap((module) =>
    ['set', 'frozenset', 'complex', 'list'].map((name) => `${module} ${name}`),
  ),
  'argparse Namespace',
  'torch Tensor',
  'torch.nn.parameter Parameter',
]);

/** What NEWOBJ and REDUCE make of the class of a keepsake. */
export function keepsake(callee: PickleValue, args: PickleValue): Inert | null {
  return callee instanceof NamedThing && keepsakes.has(callee.name) ? new Inert([args]) : null;
}

export function findGlobal(module: string, name: string): NamedThing {
  const full = `${module} ${name}`;
  if (keepsakes.has(full)) return new NamedThing(full);
  if (Object.hasOwn(storageTypes, full) || Object.hasOwn(functions, full) || inert.test(full))
    return new NamedThing(full);
  const words = `${module}.${name}`.slice(0, 120);
  if (/^(torch\.nn|torchvision|timm|__main__|models?\b|__torch__)/.test(module)) {
    throw unsafe(
      `It holds a whole pickled model (${words}), not a state dict. Save "model.state_dict()" in Python and use that file.`,
    );
  }
  throw unsafe(`It names ${JSON.stringify(words)}, which a weights file has no use for. Nothing of it was run.`);
}

export function callGlobal(callee: PickleValue, args: PickleValue): PickleValue {
  const kept = keepsake(callee, args);
  if (kept !== null) return kept;
  if (!(callee instanceof NamedThing) || !Object.hasOwn(functions, callee.name)) {
    throw unsafe('It calls something that is no function for weights.');
  }
  if (!(args instanceof Tuple)) throw damaged('A call without a tuple of arguments.');
  return functions[callee.name]!(args.items);
}

/** `('storage', type, key, location, elements[, view])`: the only kind of outside object there is. */
export function findStorage(identity: PickleValue): Storage {
  if (!(identity instanceof Tuple)) throw damaged('The identity of an outside object is no tuple.');
  const [kind, type, key, , elements, view] = identity.items;
  if (kind !== 'storage') throw unsafe(`It refers to an outside object of kind ${JSON.stringify(kind)}.`);
  if (!(type instanceof NamedThing) || !Object.hasOwn(storageTypes, type.name)) {
    throw unsupported('A storage is of no type that is read.');
  }
  if (typeof key !== 'string' || key.length > 200) throw damaged('A storage has no usable key.');
  if (view !== undefined && view !== null)
    throw unsupported('A storage is a view of another one, as PyTorch 0.1 wrote it.');
  const count = wholeNumber(elements, 'The length of a storage');
  return new Storage(type.name, key, count);
}

export function dtypeOf(storage: Storage): Dtype {
  return storageTypes[storage.type]!;
}

export function bytesOfStorage(storage: Storage): number {
  return storage.elements * bytesOf[dtypeOf(storage)];
}

/** `OrderedDict()`, or with a list of pairs, as Python 2 wrote it. */
function orderedDict(args: readonly PickleValue[]): Dictionary {
  const dictionary = new Dictionary();
  if (args.length === 0) return dictionary;
  for (const pair of asList(args[0], 'OrderedDict')) {
    const [key, value] = pair instanceof Tuple ? pair.items : asList(pair, 'A pair of an OrderedDict');
    setEntry(dictionary, key, value);
  }
  return dictionary;
}

export function setEntry(dictionary: Dictionary, key: PickleValue | undefined, value: PickleValue | undefined): void {
  if (key === undefined || value === undefined) throw damaged('An entry of a dictionary has no key or no value.');
  dictionary.entries.set(key, value);
}

/** `(storage, offset, size, stride, …)`; what follows (gradient wanted, hooks, metadata) does not matter for the values. */
function rebuildTensor([storage, offset, size, stride]: readonly PickleValue[]): TorchTensor {
  if (!(storage instanceof Storage)) throw damaged('A tensor has no storage.');
  const sizes = wholeNumbers(size, 'The size of a tensor');
  const strides = wholeNumbers(stride, 'The stride of a tensor');
  const start = wholeNumber(offset, 'The offset of a tensor');
  if (sizes.length !== strides.length || sizes.length > 8)
    throw damaged('Size and stride of a tensor do not fit together.');
  const count = sizes.reduce((product, one) => product * one, 1);
  // A stride of 0 could make a huge tensor out of one number; a bias of equal numbers may be written so.
  if (count > storage.elements && count > mostRepeated)
    throw damaged('A tensor claims more elements than its storage has.');
  const last = start + sizes.reduce((sum, one, axis) => sum + Math.max(0, one - 1) * strides[axis]!, 0);
  if (count > 0 && last >= storage.elements) throw damaged('A tensor reaches past the end of its storage.');
  if (count > limits.elements) throw damaged(`A tensor claims more than ${limits.elements} elements.`);
  return new TorchTensor(storage, start, sizes, strides);
}

/** Elements of a tensor that shows the numbers of its storage more than once. */
const mostRepeated = 2 ** 16;

function rebuildParameter([tensor]: readonly PickleValue[]): TorchTensor {
  if (!(tensor instanceof TorchTensor)) throw damaged('A parameter has no tensor.');
  return tensor;
}

/** Bytes as pickle protocol 2 writes them: a text whose characters are the bytes. */
function encode([text, encoding]: readonly PickleValue[]): Uint8Array {
  if (typeof text !== 'string' || encoding !== 'latin1')
    throw unsupported('Bytes of the pickle are written in a way that is not read.');
  return Buffer.from(text, 'latin1');
}

function asList(value: PickleValue | undefined, what: string): readonly PickleValue[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Tuple) return value.items;
  throw damaged(`${what} is made of no list.`);
}

function wholeNumbers(value: PickleValue | undefined, what: string): number[] {
  return asList(value, what).map((one) => wholeNumber(one, what));
}

function wholeNumber(value: PickleValue | undefined, what: string): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw damaged(`${what} is no whole number from 0 on.`);
  }
  return number;
}
