import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { limits } from '../limits.ts';
import { damaged, tooLarge, unsafe, unsupported, WeightsRefusal } from '../refusal.ts';
import { readExactly } from '../tensorTable.ts';
import { bytesOfStorage } from './globals.ts';
import { checkDepth, runPickle } from './pickle.ts';
import type { Storage } from './pickleValues.ts';
import { findStateDict } from './stateDict.ts';
import { ArchiveReader } from './archiveReader.ts';
import type { TorchFile } from './torchFile.ts';

/** An archive as `torch.save` writes it since 1.6: one folder with `data.pkl`, and `data/KEY` for each storage, all stored. */
export async function openTorchZip(file: FileHandle, size: number): Promise<TorchFile> {
  const archive = await openArchive(file, size);
  try {
    const entries = await listEntries(archive, size);
    const folder = torchFolder(entries);
    const inside = (name: string) => entries.get(`${folder}${name}`);
    const bytesOfEntry = async (entry: yauzl.Entry, cap: number) => {
      if (entry.uncompressedSize > cap) throw tooLarge(`"${entry.fileName}" has ${entry.uncompressedSize} bytes.`);
      const start = await startOf(archive, entry);
      await requireIntact(file, entry, start);
      return readExactly(file, start, entry.uncompressedSize);
    };
    const order = inside('byteorder');
    if (order && (await bytesOfEntry(order, 16)).toString('latin1').trim() !== 'little') {
      throw unsupported('Its numbers are big-endian.');
    }
    const { value } = runPickle(await bytesOfEntry(inside('data.pkl')!, limits.pickleBytes));
    checkDepth(value);
    const tensors = findStateDict(value);
    const places = new Map<string, number>();
    for (const { storage } of tensors.values()) {
      if (!places.has(storage.key))
        places.set(storage.key, await placeOf({ archive, file }, inside(`data/${storage.key}`), storage));
    }
    return { format: 'torch-zip', tensors, positionOf: (storage) => places.get(storage.key)! };
  } finally {
    archive.close();
  }
}

async function placeOf(
  { archive, file }: { archive: yauzl.ZipFile; file: FileHandle },
  entry: yauzl.Entry | undefined,
  storage: Storage,
): Promise<number> {
  if (entry === undefined) throw damaged(`The numbers of storage ${storage.key} are missing from the archive.`);
  if (entry.uncompressedSize < bytesOfStorage(storage))
    throw damaged(`Storage ${storage.key} is shorter than it claims.`);
  const start = await startOf(archive, entry);
  await requireIntact(file, entry, start);
  return start;
}

/** Of an entry this much is held at a time. */
const chunkBytes = 1 << 22;

/** The archive's checksum of an entry; 0 where PyTorch was told to make none (torch.serialization.set_crc32_options). */
async function requireIntact(file: FileHandle, entry: yauzl.Entry, start: number): Promise<void> {
  if (entry.crc32 === 0) return;
  let sum = 0;
  for (let done = 0; done < entry.uncompressedSize; done += chunkBytes)
    sum = crc32(await readExactly(file, start + done, Math.min(chunkBytes, entry.uncompressedSize - done)), sum);
  if (sum !== entry.crc32) throw damaged(`The checksum of its entry "${entry.fileName}" does not fit.`);
}

function openArchive(file: FileHandle, size: number): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, strictFileNames: true };
    yauzl.fromRandomAccessReader(new ArchiveReader(file, size), size, options, (error, archive) => {
      if (error) reject(damaged(`It is no sound archive: ${error.message}.`));
      else resolve(archive);
    });
  });
}

/** All entries by name; an archive with compressed, encrypted or repeated entries is refused. */
function listEntries(archive: yauzl.ZipFile, size: number): Promise<Map<string, yauzl.Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, yauzl.Entry>();
    const refuse = (refusal: WeightsRefusal) => reject(refusal);
    if (archive.entryCount > limits.archiveEntries) {
      return refuse(tooLarge(`The archive has ${archive.entryCount} entries.`));
    }
    archive.on('error', (error) => refuse(damaged(`It is no sound archive: ${String(error)}.`)));
    archive.on('end', () => resolve(entries));
    archive.on('entry', (entry: yauzl.Entry) => {
      const name = JSON.stringify(entry.fileName.slice(0, 120));
      if (entry.isEncrypted()) return refuse(unsupported(`Its entry ${name} is encrypted.`));
      if (entry.compressionMethod !== 0 || entry.compressedSize !== entry.uncompressedSize) {
        return refuse(unsupported(`Its entry ${name} is compressed; PyTorch stores entries as they are.`));
      }
      if (entry.uncompressedSize > size) return refuse(damaged(`Its entry ${name} is longer than the file.`));
      if (entries.has(entry.fileName)) return refuse(unsafe(`Its entry ${name} is there twice.`));
      if (entries.size >= limits.archiveEntries) return refuse(tooLarge('The archive has too many entries.'));
      entries.set(entry.fileName, entry);
      archive.readEntry();
    });
    archive.readEntry();
  });
}

function torchFolder(entries: Map<string, yauzl.Entry>): string {
  const programs = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (programs.length !== 1) {
    if (entries.has('model.weights.h5')) {
      throw unsupported(
        'It is an archive of Keras. Save the weights alone, "model.save_weights(\'NAME.weights.h5\')", and use that file.',
      );
    }
    const numpy = [...entries.keys()].some((name) => name.endsWith('.npy'));
    throw new WeightsRefusal(
      'UNKNOWN_FORMAT',
      numpy ? 'It is an archive of NumPy arrays.' : 'It is an archive, but not one that PyTorch has saved.',
    );
  }
  const folder = programs[0]!.slice(0, -'data.pkl'.length);
  if (entries.has(`${folder}constants.pkl`)) {
    throw unsafe('It is a TorchScript program. Save "model.state_dict()" in Python and use that file.');
  }
  return folder;
}

/** Where an entry's bytes begin in the file: the local header says it, and yauzl checks that against the file's size. */
function startOf(archive: yauzl.ZipFile, entry: yauzl.Entry): Promise<number> {
  return new Promise((resolve, reject) => {
    archive.readLocalFileHeader(entry, { minimal: true }, (error, header) => {
      if (error) reject(damaged(`Its entry "${entry.fileName}" is not where the archive says: ${error.message}.`));
      else resolve(header.fileDataStart);
    });
  });
}
