import type { Finding } from '../../src-shared/contract/findings.ts';
import type { Preflight } from '../../src-shared/contract/runs.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import { architectures } from '../../models/index.ts';
import { architectureName } from '../../src-shared/domain/architectures.ts';
import { formatQuantity } from '../../src-shared/domain/format.ts';
import type { DatasetImage } from './images.ts';

type Problem = Preflight['problems'][number];

/** Training images of a class below which its features are hardly learned. */
const fewImages = 20;
/** From this ratio of the largest to the smallest class on, one that is not made up for is ignored by the loss. */
const unequal = 4;

/** Choices that stand in each other's way, and classes that are too small for what is asked of them. */
export function learningProblems(configuration: RunConfiguration, training: readonly DatasetImage[]): Problem[] {
  return [
    ...frozenProblems(configuration),
    ...scheduleProblems(configuration),
    ...classSizeProblems(configuration, training),
  ];
}

function frozenProblems({ architecture, freeze }: RunConfiguration): Problem[] {
  const convolutions = architectures[architecture].backbone.filter((layer) => layer.kind === 'convolution').length;
  if (typeof freeze !== 'number' || freeze <= convolutions) return [];
  return [
    {
      severity: 'blocks',
      message: `${architectureName(architecture)} has ${convolutions} convolutions: ${freeze} cannot be frozen.`,
      remedy: 'Freeze fewer, or the whole backbone.',
    },
  ];
}

function scheduleProblems({ schedule, scheduleEpochs, epochs, earlyStopping }: RunConfiguration): Problem[] {
  const span = scheduleEpochs ?? epochs;
  const problems: Problem[] = [];
  if (schedule.kind === 'cosine' && schedule.warmupEpochs >= span) {
    problems.push({
      severity: 'careful',
      message: `The warm-up takes all ${span} epochs: the learning rate never falls.`,
      remedy: 'Choose a shorter warm-up or more epochs.',
    });
  }
  if (schedule.kind === 'step' && schedule.everyEpochs >= epochs) {
    problems.push({
      severity: 'careful',
      message: `The learning rate would first be lowered after ${schedule.everyEpochs} epochs; the training has ${epochs}.`,
      remedy: 'Choose shorter steps or more epochs.',
    });
  }
  if (earlyStopping !== null && earlyStopping.patience >= epochs) {
    problems.push({
      severity: 'careful',
      message: `Early stopping waits for ${formatQuantity(earlyStopping.patience, 'epoch')}; the training has ${epochs}, so that it never acts.`,
      remedy: 'Choose less patience or more epochs.',
    });
  }
  return problems;
}

function classSizeProblems({ classWeights, sampling }: RunConfiguration, training: readonly DatasetImage[]): Problem[] {
  const counts = new Map<string, number>();
  for (const { className } of training) counts.set(className, (counts.get(className) ?? 0) + 1);
  const sizes = [...counts].sort(([, first], [, second]) => first - second);
  const problems = sizes
    .filter(([, images]) => images < fewImages)
    .map(([name, images]): Problem => ({
      severity: 'careful',
      message: `The training set has only ${formatQuantity(images, 'image')} of ${name}.`,
      remedy: 'Add images of this class; so few are learned by heart.',
    }));
  const [smallest, largest] = [sizes[0], sizes.at(-1)];
  if (smallest === undefined || largest === undefined) return problems;
  const ratio = largest[1] / smallest[1];
  if (ratio >= unequal && classWeights === 'none' && sampling === 'shuffled') {
    problems.push({
      severity: 'careful',
      message: `${largest[0]} has ${ratio.toFixed(0)} times as many training images as ${smallest[0]}: the model may never decide for ${smallest[0]}.`,
      remedy: 'Choose balanced class weights or balanced sampling.',
    });
  }
  if (ratio > 1.5 && classWeights === 'balanced' && sampling === 'balanced') {
    problems.push({
      severity: 'careful',
      message: 'Balanced sampling and balanced class weights make up for unequal classes twice.',
      remedy: 'Choose one of the two.',
    });
  }
  return problems;
}

/** Findings about the data that nobody has decided on; patients in training and validation are said by the preflight itself. */
export function findingProblems(findings: readonly Finding[]): Problem[] {
  return findings
    .filter(({ state, code, sets }) => {
      const said = code === 'PATIENT_IN_TWO_SETS' && !sets.includes('test');
      return state === 'open' && !said;
    })
    .map(({ kind, message }) => ({
      severity: 'careful',
      message,
      remedy:
        kind === 'leakage'
          ? 'Resolve or accept it under Findings: figures would be too good, and the test set stays closed until then.'
          : 'Look at it under Findings: the model may learn this instead of the disease.',
    }));
}
