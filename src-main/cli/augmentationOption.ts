import { InvalidArgumentError, Option } from 'commander';
import {
  augmentationSchema,
  defaultAugmentation,
  noAugmentation,
  type Augmentation,
} from '../../src-shared/contract/training.ts';

const usage = 'default, none, or a list of flip, crop=SHARE, brightness=N, contrast=N, like flip,crop=0.9.';

export function augmentationOption(): Option {
  return new Option('--augmentation <KIND>', `random changes to training images: ${usage}`)
    .default(defaultAugmentation, 'default: flip,crop=0.7,brightness=0.1,contrast=0.1')
    .argParser(augmentationOf);
}

/** Throws InvalidArgumentError for an unknown change, a missing amount, or one that the configuration does not allow. */
export function augmentationOf(text: string): Augmentation {
  if (text === 'default') return defaultAugmentation;
  const changes = text === 'none' ? [] : text.split(',').map((change) => changeOf(change.trim()));
  const parsed = augmentationSchema.safeParse(Object.assign({ ...noAugmentation }, ...changes));
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]!.message);
  return parsed.data;
}

function changeOf(change: string): Partial<Augmentation> {
  if (change === 'flip') return { flip: true };
  const [, name, amount] = /^(crop|brightness|contrast)=(\d*\.?\d+)$/.exec(change) ?? [];
  switch (name) {
    case 'crop':
      return { cropScale: Number(amount) };
    case 'brightness':
      return { brightness: Number(amount) };
    case 'contrast':
      return { contrast: Number(amount) };
    default:
      throw new InvalidArgumentError(`"${change}" is none of them: ${usage}`);
  }
}
