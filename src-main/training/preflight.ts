import { accessSync, constants } from 'node:fs';
import type { ClassSummary } from '../../src-shared/contract/project.ts';
import type { Preflight } from '../../src-shared/contract/runs.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import { learningProblems } from './learningProblems.ts';
import { checkMemory, type ComputeMachine } from './memoryCheck.ts';
import type { DatasetImage } from './images.ts';

type Problem = Preflight['problems'][number];

/** Fewer patients of a class than this in training or validation deserve a word. */
const fewPatients = 5;
/** Share of a set's images that one patient may have before it is said. */
const dominatingShare = 0.3;

/** What is known without the machine: everything but engine, time and disk. */
export type DataCheck = Omit<Preflight, 'engine' | 'time' | 'disk'>;

/** Looks at data and configuration before a run: what blocks it, what is worth knowing, each with a remedy. */
export function preflight(
  configuration: RunConfiguration,
  classes: readonly ClassSummary[],
  dataset: readonly DatasetImage[],
  machine: ComputeMachine | null,
): DataCheck {
  const bySet = (set: DatasetImage['set']) => dataset.filter((image) => image.set === set);
  const training = bySet('training');
  const validation = bySet('validation');
  const used = classes.filter((one) => one.images > 0).length;
  const checked = machine === null ? null : checkMemory(configuration, Math.max(2, used), machine);
  const problems = [
    ...classProblems(classes),
    ...(dataset.length === 0
      ? [noSplit]
      : [...setProblems('training', training, classes), ...setProblems('validation', validation, classes)]),
    ...learningProblems(configuration, training),
    ...weightProblems(configuration),
    ...sharedPatients(training, validation),
    ...(checked?.problems ?? []),
  ];
  return {
    ready: !problems.some((problem) => problem.severity === 'blocks'),
    problems,
    images: { training: training.length, validation: validation.length, test: bySet('test').length },
    memory: checked?.memory ?? null,
  };
}

const noSplit: Problem = {
  severity: 'blocks',
  message: 'The images are not split into training, validation and test yet.',
  remedy: 'Split the patients under Labels.',
};

function classProblems(classes: readonly ClassSummary[]): Problem[] {
  const used = classes.filter((one) => one.images > 0);
  if (used.length < 2) {
    return [
      {
        severity: 'blocks',
        message:
          used.length === 0 ? 'No image has a label yet.' : `All labelled images are of one class, ${used[0]!.name}.`,
        remedy: 'Give folders or images of at least two classes their labels.',
      },
    ];
  }
  if (used.some((one) => one.positive)) return [];
  return [
    {
      severity: 'blocks',
      message: 'No class is marked as the positive one.',
      remedy: 'Choose the class that sensitivity speaks of under Labels.',
    },
  ];
}

function setProblems(
  set: 'training' | 'validation',
  images: readonly DatasetImage[],
  classes: readonly ClassSummary[],
): Problem[] {
  if (images.length === 0) {
    return [{ severity: 'blocks', message: `The ${set} set is empty.`, remedy: 'Split again with a share for it.' }];
  }
  const problems: Problem[] = [];
  for (const one of classes.filter((candidate) => candidate.images > 0)) {
    const ofClass = images.filter((image) => image.classId === one.id);
    const patients = new Set(ofClass.map((image) => image.patientId)).size;
    if (patients === 0) {
      problems.push({
        severity: 'blocks',
        message: `The ${set} set has no image of ${one.name}.`,
        remedy: 'Split again, or add patients of this class.',
      });
    } else if (patients < fewPatients) {
      problems.push({
        severity: 'careful',
        message: `The ${set} set has only ${patients} ${patients === 1 ? 'patient' : 'patients'} of ${one.name}.`,
        remedy: 'Add patients of this class; figures from so few say little.',
      });
    }
  }
  const largest = Math.max(...countBy(images, (image) => image.patientId).values());
  if (largest > images.length * dominatingShare) {
    problems.push({
      severity: 'careful',
      message: `One patient has ${largest} of the ${images.length} images in the ${set} set.`,
      remedy: 'Check the rule that gives pictures their patient, or add patients.',
    });
  }
  return problems;
}

function weightProblems(configuration: RunConfiguration): Problem[] {
  if (configuration.weights === null) {
    return [
      {
        severity: 'careful',
        message:
          configuration.freeze === 'backbone'
            ? 'The backbone is frozen but has random weights: only chance can come of it.'
            : 'Training starts from random weights. With few images, ImageNet weights do far better.',
        remedy: 'Choose a weights file, or accept a weaker model.',
      },
    ];
  }
  try {
    accessSync(configuration.weights, constants.R_OK);
    return [];
  } catch {
    return [
      { severity: 'blocks', message: 'The weights file is not there or cannot be read.', remedy: 'Choose it again.' },
    ];
  }
}

function sharedPatients(training: readonly DatasetImage[], validation: readonly DatasetImage[]): Problem[] {
  const inTraining = new Set(training.map((image) => image.patientId));
  const shared = new Set(validation.filter((image) => inTraining.has(image.patientId)).map((image) => image.patientId))
    .size;
  if (shared === 0) return [];
  return [
    {
      severity: 'careful',
      message: `${shared} ${shared === 1 ? 'patient is' : 'patients are'} in both training and validation: validation figures will be too good.`,
      remedy: 'Split by patient under Labels.',
    },
  ];
}

function countBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}
