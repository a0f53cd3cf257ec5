/** The search space as a form shows it: which parameters there are, and what each is varied over when it is switched on. */
import type { SearchParameter, SearchSpace } from '../../../src-shared/contract/search.ts';

export type Range = NonNullable<SearchSpace['parameters'][SearchParameter]>;

export interface SpaceLine {
  name: SearchParameter;
  /** What it does, for somebody who does not train networks every day. */
  words: string;
  usual: Range;
  /** Of parameters with names instead of numbers. */
  values?: readonly string[];
}

const choice = (...values: (string | number)[]): Range => ({ kind: 'choice', values }) as Range;

export const spaceLines: readonly SpaceLine[] = [
  {
    name: 'learningRate',
    words: 'How large a step each batch makes. It decides most.',
    usual: { kind: 'logUniform', low: 3e-5, high: 3e-3, points: 5 },
  },
  {
    name: 'weightDecay',
    words: 'Keeps weights small, against learning by heart.',
    usual: { kind: 'logUniform', low: 1e-6, high: 1e-2, points: 3 },
  },
  {
    name: 'optimiser',
    words: 'How steps are made of gradients. SGD wants a larger learning rate.',
    usual: choice('adam', 'adamw'),
    values: ['adam', 'adamw', 'sgd'],
  },
  {
    name: 'schedule',
    words: 'How the learning rate changes over the epochs.',
    usual: choice('constant', 'cosine'),
    values: ['constant', 'step', 'cosine', 'oneCycle'],
  },
  { name: 'batchSize', words: 'Images that a step looks at.', usual: choice(4, 8, 16) },
  {
    name: 'freeze',
    words: 'Layers that keep their starting weights.',
    usual: choice('none', 'backbone'),
    values: ['none', 'backbone'],
  },
  {
    name: 'augmentationStrength',
    words: 'Random changes to the training images: 0 none, 1 as set below.',
    usual: { kind: 'uniform', low: 0, high: 1.5, points: 3 },
  },
  { name: 'labelSmoothing', words: 'Makes the network less sure of its labels.', usual: choice(0, 0.1) },
  {
    name: 'sampling',
    words: 'Whether rare classes are drawn more often.',
    usual: choice('shuffled', 'balanced'),
    values: ['shuffled', 'balanced'],
  },
];

/** "4, 8, 16" → the numbers; null where it is none. */
export function numbersOf(text: string): number[] | null {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== '');
  const numbers = parts.map(Number);
  return parts.length === 0 || numbers.some((one) => !Number.isFinite(one)) ? null : [...new Set(numbers)];
}

/** A value switched on or off among a parameter's choices, in the order of the list; the last one stays. */
export function toggled(
  values: readonly (string | number)[],
  all: readonly string[],
  value: string,
): (string | number)[] {
  const on = new Set(values.map(String));
  if (on.has(value)) on.delete(value);
  else on.add(value);
  const next = all.filter((one) => on.has(one));
  return next.length === 0 ? [...values] : next;
}
