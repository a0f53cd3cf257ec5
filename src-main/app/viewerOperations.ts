import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { Measurement, PatientFacts, StoredMeasurement } from '../../src-shared/contract/viewer.ts';
import type { ProjectStore } from '../store/index.ts';
import type { ApplicationParts } from './parts.ts';

/** What the viewer does with an open project beside showing pixels. */
export function viewerOperations(store: ProjectStore, parts: ApplicationParts) {
  const now = () => new Date().toISOString();
  /** Throws NOT_FOUND for an image that is not in the project. */
  const requireImage = (imageId: number) => store.catalogue.imageFile(imageId);

  return {
    viewer: {
      ...store.viewer,

      saveMeasurement(measurement: Measurement): StoredMeasurement {
        requireImage(measurement.imageId);
        return store.viewer.saveMeasurement(measurement, parts.user, now());
      },

      setKeyImage(imageId: number, key: boolean): void {
        requireImage(imageId);
        store.viewer.setKeyImage(imageId, key, parts.user, now());
      },

      async patientFacts(imageId: number): Promise<PatientFacts> {
        const outcome = await parts.decoder.patientFacts(requireImage(imageId).path);
        if (outcome.kind === 'patient') return outcome.facts;
        throw new ExpectedError({
          code: 'NOT_FOUND',
          message: `The file cannot be read: ${outcome.reason}`,
          remedy: 'Check that its folder is still there.',
        });
      },
    },
  };
}
