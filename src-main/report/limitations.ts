import { formatQuantity } from '../../src-shared/domain/format.ts';
import type { ReportModel, ReportRunModel } from './model.ts';

/** Fewer patients of a class than this in the test set are few. */
const fewPatients = 30;

type Facts = Omit<ReportModel, 'limitations' | 'claim'>;

/** What the software itself found that weakens the figures, in words, without the reader having to look for it. */
export function limitations(model: Facts): string[] {
  return [
    'All images come from the sources named in section 2; nothing is known of performance elsewhere (no external testing).',
    ...dataLimitations(model),
    ...model.runs.flatMap((run) => runLimitations(run, model.runs.length > 1)),
    ...warningsOfDocuments(model),
    ...openingLimitations(model),
  ];
}

/** Warnings of all metrics documents, each once, with the runs and sets that it concerns. */
function warningsOfDocuments({ runs }: Facts): string[] {
  const places = new Map<string, string[]>();
  for (const run of runs) {
    for (const document of [run.test, run.validation]) {
      for (const warning of document?.warnings ?? []) {
        const where = runs.length > 1 ? `run ${run.number} ${document?.set ?? ''}` : (document?.set ?? '');
        places.set(warning, [...(places.get(warning) ?? []), where]);
      }
    }
  }
  return [...places].map(([warning, where]) => `${warning} (${where.join(', ')})`);
}

function dataLimitations({ data, project }: Facts): string[] {
  const found: string[] = [...data.findings];
  if (data.sources.length === 1) found.push('There is a single source of images.');
  const [first, ...others] = project.classes.filter((one) => one.patients > 0);
  if (first !== undefined && others.length > 0) {
    const smallest = project.classes.reduce((least, one) => (one.patients < least.patients ? one : least));
    if (smallest.patients < 2 * fewPatients) {
      found.push(
        `Only ${formatQuantity(smallest.patients, 'patient')} of class “${smallest.name}” in the whole project.`,
      );
    }
  }
  const refused = data.flow.refused.reduce((sum, one) => sum + one.files, 0);
  if (refused > 0)
    found.push(`${formatQuantity(refused, 'file')} could not be used and may differ from those that could.`);
  return found;
}

function runLimitations(run: ReportRunModel, named: boolean): string[] {
  const found: string[] = [];
  const who = named ? `Run ${run.number}: ` : '';
  if (run.model.initialWeights === 'random') {
    found.push(`${who}the network was trained from random weights, without pretraining on other images.`);
  }
  if (run.state !== 'finished')
    found.push(`${who}the run did not finish (${run.state}); its best epoch so far was used.`);
  const { selectedEpoch, configuration } = run.model;
  if (selectedEpoch !== null && selectedEpoch === configuration.epochs && configuration.epochs > 1) {
    found.push(`${who}the best epoch is the last one: longer training might have gone on improving.`);
  }
  if (run.test === null) {
    found.push(
      `${who}there is no test result. Figures on validation images, on which the model was chosen, are optimistic.`,
    );
  }
  for (const attribute of confoundedAttributes(run)) {
    found.push(
      `${who}“${attribute}” differs between the classes so that a level holds one class only; the model may have learnt it instead of disease.`,
    );
  }
  return found;
}

/** Attributes of which a level with ten or more images holds only one class. */
function confoundedAttributes(run: ReportRunModel): string[] {
  const rows = run.subgroups?.rows ?? [];
  const confounded = rows.filter((row) => row.images >= 10 && (row.positive === 0 || row.positive === row.images));
  return [...new Set(confounded.map((row) => row.attribute))];
}

function openingLimitations({ openings }: Facts): string[] {
  if (openings.length <= 1) return [];
  return [`The test set was opened ${openings.length} times; each further look makes its figures more optimistic.`];
}
