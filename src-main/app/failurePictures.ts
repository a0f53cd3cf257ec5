import { predictionFilterSchema } from '../../src-shared/contract/evaluation.ts';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { heatMapPicture } from '../../src-shared/domain/heatMapPicture.ts';
import { imageName } from '../../src-shared/domain/imageName.ts';
import { heatMapCell } from '../../src-shared/contract/heatmaps.ts';
import type { Decoder } from '../library/index.ts';
import type { FailurePicture, RunPictures } from '../report/index.ts';
import type { ProjectStore } from '../store/index.ts';
import type { HeatMap } from './heatMapOperations.ts';

/** Errors of each kind that get a picture. */
const shown = 4;

/** Edge of each of the two squares, in pixels. */
const edge = 224;

interface Parts {
  store: ProjectStore;
  decoder: Decoder;
  heatmaps(
    request: { run: string; imageIds: number[]; class: null; method: 'gradCam' },
    context: JobContext,
    patient: boolean,
  ): Promise<HeatMap[]>;
}

/** The worst errors of a run's last evaluated set with their heat maps; a report is written without them rather than not at all. */
export async function failurePictures(parts: Parts, run: string, context: JobContext): Promise<RunPictures> {
  const { store } = parts;
  const card = store.runs.card(run);
  const set = store.evaluations.document(run, 'test') ? 'test' : 'validation';
  if (card === null || store.evaluations.document(run, set) === null) return { pictures: [], problem: '' };
  const errors = (['fn', 'fp'] as const).flatMap((outcome) =>
    store.evaluations
      .predictions(predictionFilterSchema.parse({ run, set, outcome, sort: 'loss', descending: true, limit: shown }))
      .items.map((row) => ({ ...row, outcome })),
  );
  if (errors.length === 0) return { pictures: [], problem: '' };
  try {
    const imageIds = errors.map((row) => row.imageId);
    const silent: JobContext = { ...context, report: () => undefined };
    const maps = await parts.heatmaps({ run, imageIds, class: null, method: 'gradCam' }, silent, false);
    const pictures: FailurePicture[] = [];
    for (const [place, row] of errors.entries()) {
      context.signal.throwIfAborted();
      context.report({
        phase: 'heatmaps',
        done: place,
        total: errors.length,
        rate: null,
        etaSeconds: null,
        message: `Pictures of errors ${place + 1} of ${errors.length}`,
      });
      const file = store.catalogue.imageFile(row.imageId);
      const pixels = await parts.decoder.networkInput(file.path, file.frame, card.preprocessing);
      const { label, probability, outcome } = row;
      const id = imageName(row.imageId);
      pictures.push({ id, outcome, label, probability, png: await draw(pixels, maps[place]!) });
    }
    return { pictures, problem: '' };
  } catch (error) {
    context.signal.throwIfAborted();
    return { pictures: [], problem: error instanceof ExpectedError ? error.message : 'they could not be made.' };
  }
}

/** Gray picture at the left, the same with its heat map at the right. */
async function draw(pixels: Uint8Array, map: HeatMap): Promise<string> {
  // Loaded where it is needed: every command begins with this file.
  const { default: sharp } = await import('sharp');
  const size = map.imageSize;
  const gray = await sharp(pixels, { raw: { width: size, height: size, channels: 1 } })
    .resize(edge, edge, { kernel: 'linear' })
    .toColourspace('srgb')
    .png()
    .toBuffer();
  const drawn = map.edge * heatMapCell;
  const covered = Math.round((edge * drawn) / size);
  // Part of the picture shines through even where the map is strongest.
  const heat = heatMapPicture(map.values, map.edge, heatMapCell);
  for (let alpha = 3; alpha < heat.length; alpha += 4) heat[alpha] = 0.6 * heat[alpha]!;
  const layer = await sharp(heat, { raw: { width: drawn, height: drawn, channels: 4 } })
    .resize(covered, covered)
    .png()
    .toBuffer();
  const picture = await sharp({ create: { width: 2 * edge, height: edge, channels: 3, background: '#000' } })
    .composite([
      { input: gray, left: 0, top: 0 },
      { input: gray, left: edge, top: 0 },
      { input: layer, left: edge, top: 0 },
    ])
    .png()
    .toBuffer();
  return picture.toString('base64');
}
