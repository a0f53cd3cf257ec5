/** Pictures that stay outside of the library: found, read and told apart by patient, and nothing of them is written. */
import { basename, dirname } from 'node:path';
import type { PatientRule, Rejection } from '../../src-shared/contract/library.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { Decoder } from './decoder.ts';
import type { InspectedImage } from './outcomes.ts';
import { dicomKey, pictureKeys } from './patients.ts';
import { walkSource, type FoundFile } from './walk.ts';

export interface NewPicture {
  path: string;
  fileName: string;
  inspected: InspectedImage;
  /** The hospital's or the rule's own identifier: for telling patients apart only, never shown or written. */
  patientKey: string;
}

const inFlight = 4;

/** Files below `paths`, in the order of the names; those that cannot be read come back as rejected. */
export async function findNewPictures(
  decoder: Decoder,
  paths: readonly string[],
  rule: PatientRule,
  context: JobContext,
): Promise<{ pictures: NewPicture[]; rejected: Rejection[] }> {
  const files: (FoundFile & { source: number })[] = [];
  for (const [source, path] of paths.entries()) {
    const found = await walkSource(path, context.signal);
    files.push(...found.files.map((file) => ({ ...file, source })));
  }
  const names = files.map(({ path, relativePath, source }, imageId) => ({
    imageId,
    sourceId: source,
    folder: dirname(relativePath) === '.' ? '' : dirname(relativePath),
    fileName: basename(path),
  }));
  const keys = pictureKeys(names, rule);
  const outcomes: (NewPicture | Rejection)[] = [];
  const startedAt = performance.now();
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < files.length) {
      context.signal.throwIfAborted();
      const place = next++;
      const { path } = files[place]!;
      const inspected = await decoder.inspect(path);
      outcomes[place] =
        inspected.kind === 'rejected'
          ? { path, code: inspected.code, reason: inspected.reason }
          : {
              path,
              fileName: basename(path),
              inspected,
              patientKey: inspected.dicom === null ? keys.get(place)! : dicomKey(inspected.dicom, inspected.fileSha256),
            };
      done += 1;
      const rate = done / ((performance.now() - startedAt) / 1000);
      const etaSeconds = (files.length - done) / rate;
      const message = `Reading file ${done} of ${files.length}`;
      context.report({ phase: 'reading', done, total: files.length, rate, etaSeconds, message });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return {
    pictures: outcomes.filter((one): one is NewPicture => 'inspected' in one),
    rejected: outcomes.filter((one): one is Rejection => 'code' in one),
  };
}
