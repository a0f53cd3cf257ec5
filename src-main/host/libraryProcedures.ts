import { checkLater } from './findingsProcedures.ts';
import type { ProcedureParts } from './procedures.ts';

/** Images, labels, patients and the split. */
export function libraryProcedures(parts: ProcedureParts) {
  const { os, session, jobs, changed } = parts;
  return {
    import: os.library.import.handler(({ input }) => {
      const target = session();
      const id = jobs.start('import', 'Importing images', async (context) => {
        try {
          // The check would take the decoder's workers away from the import.
          await jobs.stop('check');
          return { kind: 'import', result: await target.importImages(input, context) };
        } finally {
          changed('library');
          checkLater(parts);
        }
      });
      return { job: id };
    }),
    folders: os.library.folders.handler(() => session().catalogue.folders()),
    images: os.library.images.handler(({ input }) => session().catalogue.images(input)),
    imageIds: os.library.imageIds.handler(({ input }) => session().catalogue.imageIds(input)),
    placeOf: os.library.placeOf.handler(({ input: { imageId, ...query } }) =>
      session().catalogue.placeOf(imageId, query),
    ),
    patients: os.library.patients.handler(({ input }) => session().catalogue.patients(input)),
    patientSeries: os.library.patientSeries.handler(({ input }) => session().catalogue.seriesOf(input.patientId)),
    facets: os.library.facets.handler(() => session().catalogue.facets()),
    savedFilters: os.library.savedFilters.handler(() => session().savedFilters.list()),
    saveFilter: os.library.saveFilter.handler(({ input }) => {
      session().savedFilters.save(input.name, input.filter);
      return session().savedFilters.list();
    }),
    removeFilter: os.library.removeFilter.handler(({ input }) => {
      session().savedFilters.remove(input.id);
      return session().savedFilters.list();
    }),
    image: os.library.image.handler(({ input }) => session().catalogue.image(input.id)),
    stack: os.library.stack.handler(({ input }) => session().stack(input.imageId)),
    rejections: os.library.rejections.handler(({ input }) => session().rejections.list(input)),
    patientRule: os.library.patientRule.handler(() => session().patientRule()),
    previewPatientRule: os.library.previewPatientRule.handler(({ input }) => session().previewPatientRule(input)),
    setPatientRule: os.library.setPatientRule.handler(({ input }) => {
      session().setPatientRule(input);
      changed('library');
      return session().summary();
    }),
    split: os.library.split.handler(({ input }) => {
      const result = session().split(input);
      changed('library');
      return result;
    }),
    chooseFold: os.library.chooseFold.handler(({ input }) => {
      const result = session().chooseFold(input.fold);
      changed('library');
      return result;
    }),
    splitHistory: os.library.splitHistory.handler(() => session().splitHistory()),
    lockTest: os.library.lockTest.handler(({ input }) => {
      const result = session().lockTest(input.locked, input);
      changed('library');
      return result;
    }),
    splitFromFiles: os.library.splitFromFiles.handler(async ({ input }) => {
      const result = await session().splitFromFiles(input.directory);
      changed('library');
      return result;
    }),
    currentSplit: os.library.currentSplit.handler(() => session().currentSplit()),
  };
}
