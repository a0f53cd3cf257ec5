import { heatMapCell } from '../../src-shared/contract/heatmaps.ts';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { AuditAttention, AuditDocument, AuditFinding, AuditRequest } from '../../src-shared/contract/audit.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { createRandom, shuffled } from '../../src-shared/domain/random.ts';
import {
  auditFindings,
  findBodyAndLung,
  shareOutside,
  summariseAttention,
  type AttentionOfImage,
  type ImageMetadata,
} from '../evaluation/index.ts';
import type { ProjectStore } from '../store/index.ts';
import type { ApplicationParts } from './parts.ts';
import type { HeatMap, heatMapOperations } from './heatMapOperations.ts';

/** Regions are looked for in a lung window, whatever the run was trained in; its gray level of −400 HU parts tissue from air. */
const regionWindow = { level: -600, width: 1500 };
const tissueLevel = Math.round((255 * (-400 - (regionWindow.level - regionWindow.width / 2))) / regionWindow.width);
/** More of the border than this made of hard edges is text, arrows or rulers. */
const borderWithText = 0.01;
/** Sizes are named one by one up to this many, else by bands. */
const mostSizes = 6;

type HeatMaps = Pick<ReturnType<typeof heatMapOperations>, 'heatmaps'>;

/** The shortcut audit as the shells call it, on one open project. Nothing is predicted and no set is opened. */
export function auditOperations(store: ProjectStore, parts: ApplicationParts, heatMaps: HeatMaps) {
  return {
    auditDocument: (run: string, set: 'validation' | 'test') => store.audits.document(run, set),

    async audit(request: AuditRequest, context: JobContext): Promise<AuditDocument> {
      const { run, set, seed } = request;
      const document = store.evaluations.document(run, set);
      if (!document) throw notEvaluated(run, set);
      const images = store.audits.images(run, set, document.positiveClass);
      const own = auditLevels(images);
      const rows = store.evaluations.levels(run, set).map((levels, place) => ({
        label: images[place]!.label,
        probability: images[place]!.probability,
        attributes: { ...levels, ...own[place]! },
      }));
      const plain = { ...document, roc: [], pr: [], rocBand: null };
      const subgroups = await parts.metrics.run({ kind: 'subgroups', rows, document: plain }, context);
      const metadata = await parts.metrics.run({ kind: 'metadata', images, seed }, context);
      const attention = await measureAttention(store, parts, heatMaps, images, request, context);
      const facts = {
        images: images.length,
        attention: attention.measured,
        subgroups,
        metadata,
        borderMeasured: images.some((image) => image.borderText !== null),
      };
      const audit: AuditDocument = {
        run,
        set,
        at: new Date().toISOString(),
        positiveClass: document.positiveClass,
        images: images.length,
        patients: new Set(images.map((image) => image.patient)).size,
        findings: [...auditFindings(facts), ...attention.failed],
        attention: attention.measured,
        subgroups,
        metadata,
      };
      store.audits.save(audit);
      return audit;
    },
  };
}

/** Heat maps of at most `request.images` images, drawn at random, against body and lung. Without a model it says why there is none. */
async function measureAttention(
  store: ProjectStore,
  parts: ApplicationParts,
  heatMaps: HeatMaps,
  images: readonly ImageMetadata[],
  { run, images: most, seed }: AuditRequest,
  context: JobContext,
): Promise<{ measured: AuditAttention | null; failed: AuditFinding[] }> {
  const drawn = shuffled(images, createRandom(seed)).slice(0, most);
  if (drawn.length === 0) return { measured: null, failed: [] };
  const imageIds = drawn.map((image) => image.imageId);
  let maps: HeatMap[];
  try {
    maps = await heatMaps.heatmaps({ run, imageIds, class: null, method: 'gradCam' }, context);
  } catch (error) {
    if (!(error instanceof ExpectedError) || error.code === 'CANCELLED') throw error;
    return { measured: null, failed: [{ severity: 'info', message: `No heat map could be made. ${error.message}` }] };
  }
  const measured: AttentionOfImage[] = [];
  const startedAt = performance.now();
  for (const [place, map] of maps.entries()) {
    context.signal.throwIfAborted();
    measured.push({ patient: drawn[place]!.patient, ...(await measureImage(store, parts, map)) });
    const rate = (place + 1) / ((performance.now() - startedAt) / 1000);
    context.report({
      phase: 'regions',
      done: place + 1,
      total: maps.length,
      rate,
      etaSeconds: (maps.length - place - 1) / rate,
      message: `Looking for body and lungs in image ${place + 1} of ${maps.length}`,
    });
  }
  return { measured: summariseAttention(measured, images.length, seed), failed: [] };
}

async function measureImage(store: ProjectStore, parts: ApplicationParts, map: HeatMap) {
  const { imageId, edge, imageSize, values } = map;
  const file = store.catalogue.imageFile(imageId);
  const frame = await parts.decoder.decodeFrame(file.path, file.frame);
  if (frame.kind === 'rejected') return { imageId, outsideBody: null, outsideLung: null };
  const gray = await parts.decoder.networkInput(file.path, file.frame, { imageSize, window: regionWindow });
  const regions = findBodyAndLung(gray, imageSize, frame.isHounsfield ? tissueLevel : null);
  const coarse = { values, edge, cell: heatMapCell };
  return {
    imageId,
    outsideBody: regions && shareOutside(coarse, regions.body, imageSize),
    outsideLung: regions?.lung ? shareOutside(coarse, regions.lung, imageSize) : null,
  };
}

/** Levels by size and by burnt-in text, beside those that the results know. */
function auditLevels(images: readonly ImageMetadata[]): Record<string, string>[] {
  const exact = (image: ImageMetadata) => `${image.columns} × ${image.rows}`;
  const few = new Set(images.map(exact)).size <= mostSizes;
  const band = ({ rows, columns }: ImageMetadata) => {
    const longer = Math.max(rows, columns);
    return longer <= 256
      ? 'up to 256 px'
      : longer <= 512
        ? '257–512 px'
        : longer <= 1024
          ? '513–1024 px'
          : 'over 1024 px';
  };
  return images.map((image) => ({
    Size: few ? exact(image) : band(image),
    ...(image.borderText === null
      ? {}
      : { 'Text in the border': image.borderText > borderWithText ? 'with text' : 'without text' }),
  }));
}

function notEvaluated(run: string, set: string): ExpectedError {
  return new ExpectedError({
    code: 'NOT_FOUND',
    message: `${run} has no predictions on the ${set} set.`,
    remedy: set === 'test' ? 'Open the test set with this run first.' : 'Evaluate it on validation first.',
  });
}
