import { isDeepStrictEqual } from 'node:util';
import type { ModelCard } from '../../src-shared/contract/training.ts';

/** As long as the name of a class may be where images are labelled. */
const longestClassName = 64;

/**
 * What cannot be true of any model, in a card whose form is right: such a card was changed by hand or damaged, and probabilities under
 * wrong names, or of wrongly prepared images, would look like any others.
 */
export function faultsOfCard(card: ModelCard): string[] {
  const { classes, positiveClass, configuration } = card;
  const faults: string[] = [];
  if (new Set(classes).size < classes.length) faults.push('a class stands there twice');
  if (classes.some((name) => name.trim() === '' || name.length > longestClassName)) {
    faults.push(`a class has no name, or one of more than ${longestClassName} characters`);
  }
  if (!classes.includes(positiveClass)) faults.push('the positive class is none of the classes');
  if (card.normalisation.deviation.some((one) => one <= 0))
    faults.push('a deviation of the normalisation is not above 0');
  for (const key of ['architecture', 'head', 'preprocessing'] as const) {
    if (!isDeepStrictEqual(card[key], configuration[key])) faults.push(`${key} is not that of the configuration`);
  }
  return faults;
}
