import type { ProcedureParts } from './procedures.ts';

/** Weights files, models that go out and come in, and what a model looks at. */
export function modelProcedures({ os, application, session, jobs, changed }: ProcedureParts) {
  const weights = {
    official: os.weights.official.handler(({ input }) => application.weights.official(input.architecture)),
    found: os.weights.found.handler(() => application.weights.found(application.session()?.runRows() ?? [])),
    download: os.weights.download.handler(({ input }) => {
      const id = jobs.start('download', 'Downloading weights', async (context) => {
        const { path, sha256 } = await application.weights.download(input.architecture, context);
        return { kind: 'download', path, sha256 };
      });
      return { job: id };
    }),
  };
  const models = {
    export: os.models.export.handler(({ input }) => {
      const target = session();
      const id = jobs.start('export', `Saving the model of ${input.run}`, async (context) => ({
        kind: 'export',
        run: input.run,
        files: await target.exportModel(input, context),
      }));
      return { job: id };
    }),
    import: os.models.import.handler(({ input }) => {
      const target = session();
      const id = jobs.start('importModel', 'Opening a model', async (context) => {
        const run = await target.importModel(input.path, context);
        changed('runs');
        return { kind: 'importModel', run };
      });
      return { job: id };
    }),
  };
  const heatmaps = {
    model: os.heatmaps.model.handler(({ input }) => session().heatMapModel(input.run)),
    prepare: os.heatmaps.prepare.handler(({ input }) => {
      const target = session();
      const id = jobs.start('heatmaps', `Heat maps of ${input.run}`, async (context) => {
        const maps = await target.heatmaps(input, context);
        return { kind: 'heatmaps', run: input.run, images: maps.length };
      });
      return { job: id };
    }),
    agreement: os.heatmaps.agreement.handler(async ({ input }) => ({
      correlation: await session().heatMapAgreement(input.run, input.imageId, input.class),
    })),
  };
  return { weights, models, heatmaps };
}
