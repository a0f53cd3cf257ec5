import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { drawAnatomy } from './anatomy.ts';
import { encodeCtImage, patientIdOf } from './ctImage.ts';
import { drawFindings } from './findings.ts';
import { createLungSampler } from './lungSampler.ts';
import { createNoise } from './noise.ts';
import { createRandom } from './random.ts';
import type { SliceGeometry } from './paint.ts';
import { renderSlice, type PhantomPatient } from './slice.ts';
import { growTrees } from './vessels.ts';

export interface SampleOptions {
  /** Any whole number; the same one gives the same files, byte for byte. */
  seed?: number;
  /** 2…200; half of them positive. */
  patients?: number;
  /** Slices per patient, 2…64, spread evenly over the lungs. */
  slices?: number;
  context: JobContext;
}

export interface SampleStudy {
  directory: string;
  seed: number;
  patients: { positive: number; negative: number };
  files: number;
  /** Absolute paths of the two folders, one per class. */
  folders: { positive: string; negative: string };
  /** False when the same study was there already and nothing had to be written. */
  written: boolean;
}

const geometry: SliceGeometry = { size: 256, pixel: 345 / 256, thickness: 5 };

/** First line of the README that marks a folder as a sample study, and so as one that may be written again. */
const title = 'Parenchyma sample study: SYNTHETIC';
/** Raised when the same seed would give other files than before. */
const generatorVersion = 1;

const completeLine = (seed: number, patients: number, slices: number): string =>
  `Complete: generator ${generatorVersion}, seed ${seed}, ${patients} patients, ${slices} slices each.`;

const readmeText = (lastLine: string): string => `${title}

These CT images were computed. No person was ever examined. Chest wall, ribs, lungs, vessels, airways and heart are simple
shapes with the CT numbers of their tissues, blurred and noisy as a scanner would show them.

positive/  patients with ground-glass opacities: several foci, mostly near the pleura, in both lungs
negative/  patients without, some with nodules, dependent atelectasis, emphysema or motion, as in the other group

The study is for trying the software. It is useless for any clinical claim: how well a model does here says nothing about
how well it does on patients.

${lastLine}
`;

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}

function refuseUnwritable(directory: string, cause: unknown): ExpectedError {
  return new ExpectedError(
    {
      code: 'PATH_NOT_WRITABLE',
      message: `The sample study cannot be written to ${directory}: ${cause instanceof Error ? cause.message : String(cause)}.`,
      remedy: 'Choose a folder that you may write to, on a drive with 90 MB free.',
    },
    { cause },
  );
}

/** Makes the folder ready: creates it, or clears an earlier sample; refuses a folder that holds anything else. */
async function prepareFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const entries = await readdir(directory);
  if (entries.length === 0) return;
  const readme = await readIfThere(join(directory, 'README.txt'));
  if (!readme?.startsWith(title)) {
    throw new ExpectedError({
      code: 'INVALID_INPUT',
      message: `The folder ${directory} is not empty and holds no sample study.`,
      remedy: 'Name a new or an empty folder.',
    });
  }
  for (const group of ['positive', 'negative']) {
    for (const patient of await readdir(join(directory, group)).catch(() => [])) {
      if (/^SYN-\d{4}$/.test(patient)) await rm(join(directory, group, patient), { recursive: true, force: true });
    }
  }
}

/** Exactly half of the patients, drawn so that numbers do not give the group away. */
function drawPositives(seed: number, patients: number): Set<number> {
  const random = createRandom(`${seed}/groups`);
  const numbers = Array.from({ length: patients }, (_, index) => index + 1);
  for (let index = numbers.length - 1; index > 0; index--) {
    const other = random.integer(0, index);
    [numbers[index], numbers[other]] = [numbers[other]!, numbers[index]!];
  }
  return new Set(numbers.slice(0, Math.floor(patients / 2)));
}

function drawPatient(key: string, positive: boolean): PhantomPatient {
  const anatomy = drawAnatomy(createRandom(`${key}/anatomy`));
  const lung = createLungSampler(anatomy);
  return {
    anatomy,
    findings: drawFindings(anatomy, lung, createRandom(`${key}/findings`), positive),
    trees: growTrees(anatomy, lung, createRandom(`${key}/vessels`)),
  };
}

/** Calls `write` with each slice's file, from the apex to the base. */
async function renderPatient(
  key: string,
  patientNumber: number,
  positive: boolean,
  slices: number,
  write: (instanceNumber: number, file: Buffer) => Promise<void>,
): Promise<void> {
  const patient = drawPatient(key, positive);
  const { anatomy } = patient;
  const noise = createNoise(
    { size: geometry.size, pixel: geometry.pixel, halfWidth: anatomy.bodyHalfWidth, halfDepth: anatomy.bodyHalfDepth },
    createRandom(`${key}/noise`),
  );
  const first = -0.14 * anatomy.lungHeight;
  const last = -1.04 * anatomy.lungHeight;
  // Whole tenths of a millimetre, as a scanner steps.
  const spacing = Math.round(((first - last) / (slices - 1)) * 10) / 10;
  const top = Math.round(first * 10) / 10;
  for (let index = 0; index < slices; index++) {
    const z = Math.round((top - index * spacing) * 10) / 10;
    const hu = renderSlice(patient, z, geometry, noise());
    const { size, pixel, thickness } = geometry;
    const instanceNumber = index + 1;
    await write(
      instanceNumber,
      encodeCtImage({ key, patientNumber, instanceNumber, anatomy, size, pixel, thickness, spacing, z, hu }),
    );
  }
}

function checkRange(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new ExpectedError({
    code: 'INVALID_INPUT',
    message: `The number of ${name} is ${value}; it must be a whole number from ${low} to ${high}.`,
  });
}

/**
 * Writes a synthetic chest CT study: `positive/SYN-0001/IM0001.dcm` and so on, DICOM files of 256 × 256 pixels, with a README
 * that says what it is. The same options give the same bytes; a study that is already complete is left as it is.
 * Fails with ExpectedError on a folder that holds something else and on one that cannot be written; on cancel with the
 * signal's reason, leaving an incomplete study that the next call writes afresh.
 */
export async function writeSampleStudy(directory: string, options: SampleOptions): Promise<SampleStudy> {
  const { seed = 1, patients = 40, slices = 16, context } = options;
  checkRange('patients', patients, 2, 200);
  checkRange('slices', slices, 2, 64);
  const readme = join(directory, 'README.txt');
  const positives = drawPositives(seed, patients);
  const study: SampleStudy = {
    directory,
    seed,
    patients: { positive: positives.size, negative: patients - positives.size },
    files: patients * slices,
    folders: { positive: join(directory, 'positive'), negative: join(directory, 'negative') },
    written: true,
  };
  const complete = readmeText(completeLine(seed, patients, slices));
  if ((await readIfThere(readme)) === complete) return { ...study, written: false };
  try {
    await prepareFolder(directory);
    await writeFile(readme, readmeText('Incomplete: writing was interrupted.'));
    const started = performance.now();
    let files = 0;
    for (let number = 1; number <= patients; number++) {
      const positive = positives.has(number);
      const folder = join(positive ? study.folders.positive : study.folders.negative, patientIdOf(number));
      await mkdir(folder, { recursive: true });
      await renderPatient(`${seed}/${number}`, number, positive, slices, async (instanceNumber, file) => {
        context.signal.throwIfAborted();
        await writeFile(join(folder, `IM${String(instanceNumber).padStart(4, '0')}.dcm`), file);
        files += 1;
        const rate = (1000 * files) / (performance.now() - started);
        context.report({
          phase: 'sample',
          done: files,
          total: study.files,
          rate,
          etaSeconds: (study.files - files) / rate,
          message: `Synthetic patient ${number} of ${patients}`,
        });
      });
    }
    await writeFile(readme, complete);
  } catch (error) {
    const isSystemError = error instanceof Error && 'syscall' in error;
    throw isSystemError ? refuseUnwritable(directory, error) : error;
  }
  return study;
}
