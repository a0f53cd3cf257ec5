import { homedir, userInfo } from 'node:os';
import type { ChangedWhat } from '../../src-shared/contract/events.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import { softwareVersion } from '../platform/version.ts';
import { auditProcedures } from './auditProcedures.ts';
import { browseFolder } from './browse.ts';
import type { EventHub } from './eventHub.ts';
import type { Jobs } from './jobs.ts';
import type { HostParts } from './createHost.ts';
import { checkLater, findingsProcedures } from './findingsProcedures.ts';
import { createProcedures } from './procedures.ts';
import { reviewProcedures } from './reviewProcedures.ts';
import { studyProcedures } from './studyProcedures.ts';
import { viewerProcedures } from './viewerProcedures.ts';

export interface RouterParts extends HostParts {
  jobs: Jobs;
  hub: EventHub;
}

/** Each procedure: parsed input → feature → answer. Failures become words in one place. */
export function createRouter({ application, shell, jobs, hub, logger }: RouterParts) {
  const os = createProcedures(logger);
  const session = () => application.requireSession();
  const changed = (what: ChangedWhat) => hub.publish({ kind: 'changed', what });
  const background = { session, jobs, changed, isOpen: () => application.session() !== null };
  /** Work in the background is stopped; it goes on when the project is open again. */
  const refuseWhileBusy = async () => {
    application.refuseWhileBusy(jobs.running().filter((one) => one.kind !== 'check').length);
    await jobs.stop('check');
  };

  const system = {
    about: os.system.about.handler(() => ({
      version: softwareVersion,
      shell,
      user: userInfo().username,
      home: homedir(),
    })),
    diagnose: os.system.diagnose.handler(() => application.diagnose()),
    chooseBackend: os.system.chooseBackend.handler(({ input }) => {
      application.refuseWhileBusy(jobs.running().length);
      return application.chooseBackend(input.backend);
    }),
    browse: os.system.browse.handler(({ input }) => browseFolder(input.path)),
  };

  const events = {
    watch: os.events.watch.handler(({ signal }) =>
      hub.watch(
        jobs.running().map((job) => ({ kind: 'job', job })),
        signal,
      ),
    ),
  };

  const job = {
    list: os.jobs.list.handler(() => jobs.list()),
    cancel: os.jobs.cancel.handler(({ input }) => {
      jobs.cancel(input.job);
      return {};
    }),
  };

  const project = {
    recent: os.project.recent.handler(() => application.recentProjects()),
    current: os.project.current.handler(() => application.session()?.summary() ?? null),
    create: os.project.create.handler(async ({ input }) => {
      await refuseWhileBusy();
      const opened = await application.create(input.name, input.directory);
      changed('project');
      return opened.summary();
    }),
    open: os.project.open.handler(async ({ input }) => {
      await refuseWhileBusy();
      const opened = await application.open(input.path);
      changed('project');
      checkLater(background);
      return opened.summary();
    }),
    close: os.project.close.handler(async () => {
      await refuseWhileBusy();
      await application.closeProject();
      changed('project');
      return {};
    }),
    sample: os.project.sample.handler(async () => {
      await refuseWhileBusy();
      const id = jobs.start('sample', 'Making the sample study', async (context) => {
        const opened = await application.createSample(context);
        changed('project');
        changed('library');
        checkLater(background);
        return { kind: 'sample', path: opened.path };
      });
      return { job: id };
    }),
    saveClasses: os.project.saveClasses.handler(({ input }) => {
      session().saveClasses(input);
      changed('library');
      return session().summary();
    }),
  };

  const library = {
    import: os.library.import.handler(({ input }) => {
      const target = session();
      const id = jobs.start('import', 'Importing images', async (context) => {
        try {
          // The check would take the decoder's workers away from the import.
          await jobs.stop('check');
          return { kind: 'import', result: await target.importImages(input, context) };
        } finally {
          changed('library');
          checkLater(background);
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
    labelFolder: os.library.labelFolder.handler(({ input }) => {
      const result = session().labelFolder(input.sourceId, input.folder, input.classId);
      changed('library');
      return { changed: result };
    }),
    labelImages: os.library.labelImages.handler(({ input }) => {
      const result = session().labelImages(input.imageIds, input.classId);
      changed('library');
      return { changed: result };
    }),
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

  const training = {
    defaults: os.training.defaults.handler(() => defaultRunConfiguration),
    preflight: os.training.preflight.handler(({ input }) => session().preflight(input)),
    start: os.training.start.handler(({ input }) => {
      const target = session();
      application.refuseWhileBusy(jobs.running().filter((one) => one.kind === 'train').length);
      const created = target.createRun(input, {
        onEpoch: (run, record) => hub.publish({ kind: 'epoch', run, record }),
        onChange: () => changed('runs'),
      });
      const id = jobs.start('train', `Training run ${target.run(created.run).number}`, async (context) => {
        await created.execute(context);
        return { kind: 'train', run: created.run };
      });
      return { job: id, run: created.run };
    }),
    runs: os.training.runs.handler(() => session().runs.runs()),
    run: os.training.run.handler(({ input }) => session().run(input.run)),
    remove: os.training.remove.handler(async ({ input }) => {
      await session().removeRun(input.run);
      changed('runs');
      return {};
    }),
  };

  const evaluation = {
    start: os.evaluation.start.handler(({ input }) => {
      const target = session();
      const id = jobs.start('evaluate', `Evaluating ${input.run} on ${input.set}`, async (context) => {
        await target.evaluate(input, context);
        changed('runs');
        return { kind: 'evaluate', run: input.run };
      });
      return { job: id };
    }),
    document: os.evaluation.document.handler(({ input }) => session().evaluations.document(input.run, input.set)),
    predictions: os.evaluation.predictions.handler(({ input }) => session().evaluations.predictions(input)),
    openings: os.evaluation.openings.handler(() => session().evaluations.openings()),
    operatingPoint: os.evaluation.operatingPoint.handler(({ input }) => session().operatingPoint(input.run)),
    freeze: os.evaluation.freeze.handler(async ({ input, signal }) => {
      const document = await session().freeze(input, withoutReport(signal));
      changed('runs');
      return document;
    }),
    subgroups: os.evaluation.subgroups.handler(({ input, signal }) =>
      session().subgroups(input.run, input.set, withoutReport(signal)),
    ),
    patientLevel: os.evaluation.patientLevel.handler(({ input, signal }) =>
      session().patientLevel(input.run, input.set, input.aggregation, withoutReport(signal)),
    ),
    evaluated: os.evaluation.evaluated.handler(({ input }) => session().evaluations.evaluatedRuns(input.set)),
    compare: os.evaluation.compare.handler(({ input, signal }) => session().compare(input, withoutReport(signal))),
    pairs: os.evaluation.pairs.handler(({ input }) => session().pairs(input)),
  };

  const weights = {
    official: os.weights.official.handler(({ input }) => application.weights.official(input.architecture)),
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

  const review = reviewProcedures(os, session, changed);
  const viewer = viewerProcedures(os, application);
  const audit = auditProcedures(os, session, jobs, changed);
  const studies = studyProcedures(os, session, jobs);

  const report = {
    start: os.report.start.handler(({ input }) => {
      const target = session();
      const id = jobs.start('report', 'Writing the report', async (context) => {
        const entry = await target.writeReport(input, context);
        changed('reports');
        return { kind: 'report', id: entry.id, files: entry.files };
      });
      return { job: id };
    }),
    list: os.report.list.handler(() => session().reports.list()),
  };

  const { findings, snapshots } = findingsProcedures({ os, ...background });
  return os.router({
    system,
    events,
    jobs: job,
    project,
    library,
    findings,
    snapshots,
    training,
    evaluation,
    heatmaps,
    models,
    weights,
    review,
    viewer,
    audit,
    studies,
    report,
  });
}

/** For work that ends with its call and has no progress to show: leaving the page stops it. */
function withoutReport(signal: AbortSignal | undefined): JobContext {
  return { signal: signal ?? new AbortController().signal, report: () => undefined };
}
