import type { EvaluatedRun, PictureFacts, TrainingProfile } from '../evaluation/index.ts';
import { grayFacts, trainingProfile } from '../evaluation/index.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { createRandom, shuffled } from '../../src-shared/domain/random.ts';
import { readPictureFacts } from '../store/pictureFacts.ts';
import type { ProjectStore } from '../store/index.ts';
import type { ApplicationParts } from './parts.ts';

/** Training images whose gray levels are measured. */
const mostMeasured = 100;

/** What the images were that runs were trained on, made once per run while the project is open. */
export function trainingProfiles(store: ProjectStore, parts: ApplicationParts) {
  const known = new Map<string, TrainingProfile | null>();

  /** Gray levels and units of one image as the network saw it; null where its file is not to be had. */
  const measure = async ({ path, frame, fileSha256 }: EvaluatedRun['seen'][number], run: EvaluatedRun) => {
    try {
      const outcome = await parts.decoder.decodeFrame(path, frame);
      if (outcome.kind === 'rejected') return null;
      const bytes = await parts.decoder.networkInput(path, frame, run.preprocessing, { fileSha256 });
      return { gray: grayFacts(bytes), hounsfield: outcome.isHounsfield };
    } catch {
      return null;
    }
  };

  return {
    async of(id: string, run: EvaluatedRun, context: JobContext): Promise<TrainingProfile | null> {
      const before = known.get(id);
      if (before !== undefined) return before;
      const validation = new Set(run.validation.map((image) => image.imageId));
      const training = run.seen.filter((image) => !validation.has(image.imageId));
      const byId = new Map(
        readPictureFacts(
          store.database,
          training.map((image) => image.imageId),
        ).map((facts) => [facts.imageId, facts]),
      );
      const drawn = shuffled(training, createRandom(1));
      const pictures: PictureFacts[] = [];
      for (const [place, image] of drawn.entries()) {
        const facts = byId.get(image.imageId);
        if (facts === undefined) continue;
        context.signal.throwIfAborted();
        const measured = place < mostMeasured ? await measure(image, run) : null;
        const hounsfield = measured?.hounsfield ?? (facts.fileType === 'DICOM' && facts.modality === 'CT');
        pictures.push({ ...facts, hounsfield, gray: measured?.gray ?? null });
        if (place >= mostMeasured) continue;
        const total = Math.min(mostMeasured, drawn.length);
        const message = `Looking at training image ${place + 1} of ${total}`;
        context.report({ phase: 'training images', done: place + 1, total, rate: null, etaSeconds: null, message });
      }
      const profile = trainingProfile(pictures);
      known.set(id, profile);
      return profile;
    },
  };
}
