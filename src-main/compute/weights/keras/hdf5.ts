import { readSync } from 'node:fs';
import { Dataset, File as Hdf5File, Group, ready } from 'h5wasm';
import { limits } from '../limits.ts';
import { damaged, tooLarge, unsupported } from '../refusal.ts';
import { countElements, type Dtype } from '../tensorTable.ts';
import type { RawTensors } from './rawTensors.ts';

const mountedName = '/weights.h5';
const dtypes: Readonly<Record<string, Dtype>> = { '<f2': 'F16', '<f': 'F32', '<f4': 'F32', '<d': 'F64', '<f8': 'F64' };

/**
 * The datasets of an HDF5 file, read by NIST's build of the HDF5 library in WebAssembly. It sees this one file and no other, so
 * external links and external storage lead nowhere; what is compressed or claims more than the file holds is refused.
 *
 * @param descriptor of the open file
 */
export async function openHdf5(descriptor: number, size: number): Promise<RawTensors & { close(): void }> {
  await mount(descriptor, size);
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
        const { value } = datasets.get(path)!;
        if (value instanceof Float32Array) return new Float32Array(value);
        if (value instanceof Float64Array) return Float32Array.from(value);
        throw unsupported(`Tensor "${path}" holds numbers that are not read.`);
      }),
    close: () => void file.close(),
  };
}

/** Makes the file appear in the library's own file system; its reads go to the descriptor. */
async function mount(descriptor: number, size: number): Promise<void> {
  const { FS } = (await ready) as unknown as { FS: EmscriptenFiles };
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
  const known = typeof dtype === 'string' ? dtypes[dtype] : undefined;
  if (shape === null || known === undefined) return { dtype: 'U8', shape: [] };
  if (filters.length > 0) throw unsupported(`Dataset "${path}" is compressed; Keras stores weights as they are.`);
  if (countElements(shape, path) * metadata.size > size)
    throw damaged(`Dataset "${path}" claims more than the file holds.`);
  return { dtype: known, shape };
}
