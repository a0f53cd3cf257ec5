import { readSync } from 'node:fs';
import { Dataset, File as Hdf5File, Group, ready } from 'h5wasm';
import { limits } from '../limits.ts';
import { damaged, tooLarge, unsupported } from '../refusal.ts';
import { countElements, decodeFloats, type Dtype } from '../tensorTable.ts';
import type { RawTensors } from './rawTensors.ts';

const mountedName = '/weights.h5';
/** Kinds of numbers as Python's struct module names them; those that are no floating-point ones are known to be named. */
const dtypes: Readonly<Record<string, Dtype>> = {
  ...{ f2: 'F16', e: 'F16', f: 'F32', f4: 'F32', d: 'F64', f8: 'F64' },
  ...{ b: 'I8', B: 'U8', h: 'I16', i: 'I32', q: 'I64' },
};

/**
 * The datasets of an HDF5 file, read by NIST's build of the HDF5 library in WebAssembly. It sees this one file and no other, so
 * external links and external storage lead nowhere; what is compressed or claims more than the file holds is refused.
 *
 * @param descriptor of the open file
 */
export async function openHdf5(descriptor: number, size: number): Promise<RawTensors & { close(): void }> {
  const library = await mount(descriptor, size);
  let file: Hdf5File;
  try {
    file = new Hdf5File(mountedName, 'r');
  } catch (error) {
    throw damaged(`It is no sound HDF5 file: ${String(error).slice(0, 200)}.`);
  }
  const datasets = new Map<string, Dataset>();
  const refusing = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      if (error instanceof Error && error.name === 'WeightsRefusal') throw error;
      throw damaged(`The HDF5 library gives up on it: ${String(error).slice(0, 200)}.`);
    }
  };
  refusing(() => collect(file, '', 0, datasets));
  const tensors = new Map([...datasets].map(([path, one]) => [path, refusing(() => factsOf(one, path, size))]));
  return {
    tensors,
    read: async (path) =>
      refusing(() => {
        const bytes = readBytes(library, datasets.get(path)!, path);
        return decodeFloats(bytes, tensors.get(path)!.dtype, path);
      }),
    close: () => void file.close(),
  };
}

/**
 * The numbers, little-endian whatever they are in the file. The library's own `value` does not look at what reading came to: where it fails, memory that nobody has
 * written would be taken for weights.
 */
function readBytes(library: Library, { file_id, path, metadata }: Dataset, name: string): Uint8Array<ArrayBuffer> {
  const length = metadata.size * metadata.total_size;
  const place = library._malloc(Math.max(1, length));
  if (place === 0) throw tooLarge(`Dataset "${name}" does not fit the memory of the reader.`);
  try {
    const status = library.get_dataset_data(file_id, path, null, null, null, BigInt(place));
    if (status < 0) throw damaged(`The numbers of dataset "${name}" cannot be read.`);
    return library.HEAPU8.slice(place, place + length) as Uint8Array<ArrayBuffer>;
  } finally {
    library._free(place);
  }
}

/** Makes the file appear in the library's own file system; its reads go to the descriptor. */
async function mount(descriptor: number, size: number): Promise<Library> {
  const library = (await ready) as unknown as Library;
  const { FS } = library;
  FS.writeFile(mountedName, new Uint8Array(0));
  const { node } = FS.lookupPath(mountedName);
  node.usedBytes = size;
  node.stream_ops = {
    ...node.stream_ops,
    read(_stream: unknown, buffer: Int8Array, offset: number, length: number, position: number): number {
      const wanted = Math.min(length, Math.max(0, size - position));
      return wanted === 0 ? 0 : readSync(descriptor, buffer, offset, wanted, position);
    },
  };
  return library;
}

/** What is used of h5wasm's module (its src/hdf5_util_helpers.d.ts) and of Emscripten. */
interface Library {
  FS: EmscriptenFiles;
  HEAPU8: Uint8Array;
  _malloc(length: number): number;
  _free(place: number): void;
  /** Negative where the library failed. */
  get_dataset_data(file: bigint, path: string, count: null, offset: null, strides: null, place: bigint): number;
}

/** What is used of Emscripten's file system (library_fs.js, library_memfs.js). */
interface EmscriptenFiles {
  writeFile(path: string, content: Uint8Array): void;
  lookupPath(path: string): { node: { usedBytes: number; stream_ops: object } };
}

function collect(group: Group, path: string, depth: number, into: Map<string, Dataset>): void {
  if (depth > 12) throw tooLarge('Its groups nest deeper than any Keras file.');
  for (const key of group.keys()) {
    if (into.size >= limits.tensors) throw tooLarge(`It holds more than ${limits.tensors} datasets.`);
    const inside = path === '' ? key : `${path}/${key}`;
    const child = group.get(key);
    if (child instanceof Group) collect(child, inside, depth + 1, into);
    // The optimiser's state is no weights; links to other files and kinds without numbers are passed over.
    else if (child instanceof Dataset && !/optimizer/i.test(inside)) into.set(inside, child);
  }
}

function factsOf(dataset: Dataset, path: string, size: number): { dtype: Dtype; shape: number[] } {
  const { shape, dtype, filters, metadata } = dataset;
  const known = typeof dtype === 'string' ? dtypes[dtype.replace(/^[<>|]/, '')] : undefined;
  if (shape === null || known === undefined) return { dtype: 'U8', shape: [] };
  if ((metadata.virtual_sources?.length ?? 0) > 0)
    throw unsupported(`Dataset "${path}" is put together from other files.`);
  if (filters.length > 0) throw unsupported(`Dataset "${path}" is compressed; Keras stores weights as they are.`);
  if (countElements(shape, path) * metadata.size > size)
    throw damaged(`Dataset "${path}" claims more than the file holds.`);
  return { dtype: known, shape };
}
