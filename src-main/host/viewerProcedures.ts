import type { Application } from '../app/application.ts';
import type { Procedures } from './procedures.ts';

/** What the CT viewer asks beside pixels: places, patients, measurements, key images, keys. */
export function viewerProcedures(os: Procedures, application: Application) {
  const viewer = () => application.requireSession().viewer;
  return {
    stackImages: os.viewer.stackImages.handler(({ input }) => viewer().stackImages(input.imageIds)),
    patientStacks: os.viewer.patientStacks.handler(({ input }) => viewer().patientStacks(input.imageId)),
    patientFacts: os.viewer.patientFacts.handler(({ input }) => viewer().patientFacts(input.imageId)),
    measurements: os.viewer.measurements.handler(({ input }) => viewer().measurements(input.imageIds)),
    saveMeasurement: os.viewer.saveMeasurement.handler(({ input }) => viewer().saveMeasurement(input)),
    removeMeasurement: os.viewer.removeMeasurement.handler(({ input }) => {
      viewer().removeMeasurement(input.id);
      return {};
    }),
    keyImages: os.viewer.keyImages.handler(({ input }) => viewer().keyImages(input.imageIds)),
    setKeyImage: os.viewer.setKeyImage.handler(({ input }) => {
      viewer().setKeyImage(input.imageId, input.key);
      return {};
    }),
    keys: os.viewer.keys.handler(() => application.viewerKeys()),
    saveKeys: os.viewer.saveKeys.handler(async ({ input }) => {
      await application.saveViewerKeys(input);
      return {};
    }),
  };
}
