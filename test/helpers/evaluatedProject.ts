/** A real project of the synthetic study with runs whose predictions are made up by formula: for tests of what comes after training. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chooseThreshold, computeMetrics, tableFromRows } from '../../src-main/evaluation/index.ts';
import { freezeSnapshot } from '../../src-main/library/index.ts';
import { openProjectStore, type ProjectStore } from '../../src-main/store/index.ts';
import { createRandom } from '../../src-shared/domain/random.ts';
import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import { parenchyma } from './commandLine.ts';

export interface MadeProject {
  /** Path of the project folder. */
  path: string;
  positiveClass: string;
}

/** `sample`, `create`, `import`, `split` by command line; 8 patients and more, `slices` images each. */
export async function importedProject(
  folder: string,
  name: string,
  study: { patients?: number; slices?: number } = {},
): Promise<MadeProject> {
  const source = join(folder, `${name} study`);
  const path = join(folder, 'projects', `${name}.parenchyma`);
  mkdirSync(join(folder, 'projects'), { recursive: true });
  const { patients = 16, slices = 4 } = study;
  const commands: string[][] = [
    ['sample', source, '--patients', String(patients), '--slices', String(slices)],
    ['create', path],
    ['import', path, join(source, 'positive'), '--label', 'Ground glass'],
    ['import', path, join(source, 'negative'), '--label', 'No ground glass'],
    ['split', path, '--ratio', '25/50/25'],
  ];
  for (const command of commands) {
    const result = await parenchyma(folder, ...command);
    if (result.code !== 0) throw new Error(`${command[0]}: ${result.stderr}`);
  }
  return { path, positiveClass: 'Ground glass' };
}

/**
 * Adds runs with predictions on validation, and on test where `tested`. Run 1 is the best, each further one a little worse; seeded, so
 * that every run of the tests sees the same numbers.
 */
export function addMadeRuns(project: MadeProject, count: number, options: { tested?: boolean } = {}): string[] {
  const store = openProjectStore(project.path);
  try {
    return Array.from({ length: count }, (_unused, place) => addRun(store, project.positiveClass, place, options));
  } finally {
    store.close();
  }
}

function addRun(store: ProjectStore, positiveClass: string, place: number, options: { tested?: boolean }): string {
  const at = `2026-03-0${place + 1}T10:00:00.000Z`;
  const dataset = store.splits.dataset();
  const classes = [...new Set(dataset.map((image) => image.className))];
  const configuration = { ...defaultRunConfiguration, architecture: place % 2 === 0 ? 'vgg19_bn' : 'vgg16' } as const;
  const { preprocessing } = configuration;
  const snapshot = freezeSnapshot({ images: dataset, classes, positiveClass, preprocessing });
  const { id } = store.runs.createRun(configuration, snapshot, at);
  store.runs.addEpoch(id, {
    epoch: 1,
    training: { loss: 0.4, accuracy: 0.85 },
    validation: { loss: 0.5, accuracy: 0.8, auc: 0.85, sensitivity: 0.8, specificity: 0.8 },
    learningRate: 1e-4,
    seconds: 60,
    imagesPerSecond: 2,
    etaSeconds: 0,
    best: true,
  });
  store.runs.setRunState(id, 'finished', { endedAt: at });
  const random = createRandom(100 + place);
  const draw = () => random.below(1_000_000) / 1_000_000;
  const ofPatient = new Map<number, number>();
  const predicted = dataset.map((image) => {
    if (!ofPatient.has(image.patientId)) ofPatient.set(image.patientId, draw() + draw() - 1);
    const positive = image.className === positiveClass ? 1 : 0;
    const score =
      0.9 * ofPatient.get(image.patientId)! + 1.7 * (draw() + draw() - 1) + (positive - 0.5) * (0.9 - 0.15 * place);
    return { image, positive: positive as 0 | 1, probability: 1 / (1 + Math.exp(-2 * score)) };
  });
  const ofSet = (set: string) => predicted.filter(({ image }) => image.set === set);
  const table = (set: string) =>
    tableFromRows(
      ofSet(set).map(({ image, positive, probability }) => ({
        label: positive,
        probability,
        patient: image.pseudonym,
      })),
    );
  const choice = chooseThreshold(table('validation'), 'youden');
  if (choice.kind === 'impossible') throw new Error(choice.reason);
  for (const set of options.tested ? (['validation', 'test'] as const) : (['validation'] as const)) {
    const operatingPoint = { threshold: choice.threshold, rule: 'youden', chosenOn: 'validation' } as const;
    const document = computeMetrics(table(set), { set, positiveClass, operatingPoint });
    const predictions = ofSet(set).map(({ image, probability }) => ({
      imageId: image.imageId,
      labelClassId: image.classId,
      probability,
      probabilities: classes.map((name) => (name === positiveClass ? probability : 1 - probability)),
    }));
    store.evaluations.saveEvaluation(id, set, predictions, document, at);
    if (set === 'test') store.evaluations.recordOpening({ run: id, openedBy: 'Dr. Made Up', at });
  }
  return id;
}
