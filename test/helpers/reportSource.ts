import { computeMetrics, chooseThreshold, tableFromRows } from '../../src-main/evaluation/index.ts';
import type { ReportPrediction, ReportRun, ReportSource } from '../../src-main/report/index.ts';
import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import type { EpochRecord } from '../../src-shared/contract/training.ts';

/** Seeded numbers 0 … 1 (mulberry32), for made-up studies only. */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

const sha256 = (seed: number): string =>
  Array.from({ length: 64 }, (_unused, place) =>
    ((seed * 31 + place * 7 + (seed % (place + 3))) % 16).toString(16),
  ).join('');

export interface MadeStudy {
  projectName?: string;
  positive?: string;
  negative?: string;
  runs?: number;
  patients?: number;
  imagesPerPatient?: number;
}

/** A report source with made-up runs: several images per patient, two scanners, learning curves. For tests. */
export function madeReportSource(study: MadeStudy = {}): ReportSource {
  const positive = study.positive ?? 'COVID';
  const negative = study.negative ?? 'NonCOVID';
  const patients = study.patients ?? 60;
  const perPatient = study.imagesPerPatient ?? 3;
  const runs = Array.from({ length: study.runs ?? 1 }, (_unused, place) => madeRun(place + 1));

  function madePredictions(seed: number): ReportPrediction[] {
    const draw = uniforms(seed);
    return Array.from({ length: 2 * patients * perPatient }, (_unused, place) => {
      const patient = Math.floor(place / perPatient);
      const isPositive = patient % 2 === 1;
      const score = (draw() + draw() + draw()) * 2 - 3 + (isPositive ? 1.1 : -1.1);
      return {
        imageId: place + 1,
        patient: `P${String(patient + 1).padStart(4, '0')}`,
        pixelSha256: sha256(place + 1),
        set: patient < patients ? ('validation' as const) : ('test' as const),
        label: isPositive ? positive : negative,
        probability: 1 / (1 + Math.exp(-1.6 * score)),
        attributes: { Scanner: patient % 3 === 0 ? 'Siemens' : 'GE', 'File type': patient % 5 === 0 ? 'JPEG' : 'PNG' },
      };
    });
  }

  function madeRun(number: number): { run: ReportRun; predictions: ReportPrediction[] } {
    const predictions = madePredictions(number);
    const table = (set: string) =>
      tableFromRows(
        predictions
          .filter((one) => one.set === set)
          .map((one) => ({
            label: one.label === positive ? 1 : 0,
            probability: one.probability,
            patient: one.patient,
          })),
      );
    const choice = chooseThreshold(table('validation'), 'youden');
    if (choice.kind === 'impossible') throw new Error(choice.reason);
    const metrics = (set: 'validation' | 'test') =>
      computeMetrics(table(set), {
        set,
        positiveClass: positive,
        operatingPoint: { threshold: choice.threshold, rule: 'youden', chosenOn: 'validation' },
      });
    const configuration = {
      ...defaultRunConfiguration,
      architecture: number % 2 === 1 ? 'vgg19_bn' : 'vgg16',
    } as const;
    const epochs = madeEpochs(number, configuration.epochs);
    const best = epochs.findLast((epoch) => epoch.best)!;
    const backend = {
      backend: 'tensorflow',
      libraryVersion: '2.21.0',
      device: 'CPU, 2 cores, AVX-512',
      driver: null,
      memoryBytes: 25_000_000_000,
      threads: 2,
    } as const;
    const run: ReportRun = {
      id: `run-${number}`,
      number,
      state: 'finished',
      createdAt: '2026-03-02T09:00:00Z',
      endedAt: '2026-03-02T10:12:00Z',
      configuration: { ...configuration, weights: '/home/doe/weights of Jane Doe.safetensors' },
      epochsDone: epochs.length,
      best: { epoch: best.epoch, validation: best.validation },
      failure: null,
      backend,
      epochs,
      peakMemoryBytes: 3_400_000_000,
      validation: metrics('validation'),
      test: metrics('test'),
      card: {
        format: 'parenchyma-model',
        version: 1,
        architecture: configuration.architecture,
        head: configuration.head,
        classes: [negative, positive],
        positiveClass: positive,
        preprocessing: configuration.preprocessing,
        normalisation: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
        epoch: best.epoch,
        validation: best.validation,
        configuration,
        initialWeightsSha256: sha256(901),
        weightsSha256: sha256(902 + number),
        snapshotSha256: sha256(903),
        softwareVersion: '0.1.0',
        backend,
        createdAt: '2026-03-02T10:12:00Z',
      },
    };
    return { run, predictions };
  }

  const images = 2 * patients * perPatient;
  return {
    softwareVersion: '0.1.0',
    project: () => ({
      name: study.projectName ?? 'Chest CT 2026',
      createdAt: '2026-03-01T08:00:00Z',
      classes: [
        { name: positive, positive: true, images: images / 2, patients },
        { name: negative, positive: false, images: images / 2, patients },
      ],
    }),
    data: () => ({
      sources: [
        {
          formats: [
            { format: 'PNG', files: images - 40 },
            { format: 'JPEG', files: 32 },
          ],
          images: images - 8,
          patients: 2 * patients - 2,
        },
        { formats: [{ format: 'DICOM', files: 8 }], images: 8, patients: 2 },
      ],
      filesFound: images + 22,
      duplicates: 6,
      refusals: [
        { code: 'DICOM_TRUNCATED', files: 3 },
        { code: 'NOT_AN_IMAGE', files: 9 },
      ],
      images: images + 4,
      patients: 2 * patients + 1,
      unlabelledImages: 4,
      labelledOutsideSplit: 0,
      labels: [
        { origin: 'folder', images: images - 2 },
        { origin: 'reader', images: 2 },
      ],
      labelAuthors: 2,
      exclusions: [{ reason: 'motion', images: 3 }],
      findings: [],
      testSetActs: [],
    }),
    split: () => ({
      id: 1,
      method: 'ratio',
      ratio: [70, 15, 15],
      seed: 1,
      folds: null,
      fold: null,
      changes: 0,
      createdAt: '2026-03-01T08:30:00Z',
      sets: (['validation', 'test'] as const).map((set) => ({
        set,
        images: images / 2,
        patients,
        classes: { [positive]: images / 4, [negative]: images / 4 },
      })),
      leakage: [],
    }),
    run: (id) => runs.find((one) => one.run.id === id)?.run ?? null,
    predictions: (id) => runs.find((one) => one.run.id === id)?.predictions ?? [],
    frozenPoints: (id) => {
      const point = runs.find((one) => one.run.id === id)?.run.validation?.operatingPoint;
      return point ? [{ ...point, frozenBy: 'A. Reader', reason: 'Screening', at: '2026-03-02T10:45:00Z' }] : [];
    },
    openings: () => [{ run: 'run-1', openedBy: 'A. Reader', at: '2026-03-02T11:00:00Z' }],
  };
}

function madeEpochs(seed: number, count: number): EpochRecord[] {
  const draw = uniforms(seed + 77);
  let highest = 0;
  return Array.from({ length: count }, (_unused, place) => {
    const progress = 1 - Math.exp(-place / 5);
    const accuracy = 0.55 + 0.3 * progress + 0.05 * (draw() - 0.5);
    const best = accuracy > highest;
    highest = Math.max(highest, accuracy);
    return {
      epoch: place + 1,
      training: { loss: 0.7 - 0.55 * progress, accuracy: 0.56 + 0.4 * progress },
      validation: {
        loss: 0.69 - 0.3 * progress + 0.02 * place * draw(),
        accuracy,
        auc: 0.6 + 0.3 * progress,
        sensitivity: 0.8,
        specificity: 0.8,
      },
      learningRate: 1e-4,
      seconds: 210,
      imagesPerSecond: 2.1,
      etaSeconds: 0,
      best,
    };
  });
}
