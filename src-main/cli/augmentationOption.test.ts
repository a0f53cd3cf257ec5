import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { defaultAugmentation, noAugmentation } from '../../src-shared/contract/training.ts';
import { augmentationOf } from './augmentationOption.ts';

describe('random changes on the command line', () => {
  it('are known by name', () => {
    expect(augmentationOf('default')).toEqual(defaultAugmentation);
    expect(augmentationOf('none')).toEqual(noAugmentation);
  });

  it('or listed; what is not listed is off', () => {
    expect(augmentationOf('flip')).toEqual({ ...noAugmentation, flip: true });
    expect(augmentationOf('flip, crop=0.9,contrast=.2')).toEqual({
      ...noAugmentation,
      flip: true,
      cropScale: 0.9,
      contrast: 0.2,
    });
  });

  it.each(['', 'rotate', 'crop', 'crop=', 'crop=0', 'crop=1.5', 'brightness=2', 'flip,none', 'contrast=-1'])(
    'refuse "%s"',
    (text) => expect(() => augmentationOf(text)).toThrow(InvalidArgumentError),
  );
});
