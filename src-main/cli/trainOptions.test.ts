import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { configurationFrom, trainOptions, type TrainOptions } from './trainOptions.ts';

function configurationOf(...given: string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const option of trainOptions()) command.addOption(option);
  command.parse(['--arch', 'vgg16', ...given], { from: 'user' });
  return configurationFrom(command.opts<TrainOptions>());
}

describe('the choices of a training on the command line', () => {
  it('take the window of the lung, another, or that of each file', () => {
    expect(configurationOf().preprocessing.window).toEqual({ width: 1500, level: -600 });
    expect(configurationOf('--window', '400/-40.5').preprocessing.window).toEqual({ width: 400, level: -40.5 });
    expect(configurationOf('--window', 'file').preprocessing.window).toBeNull();
  });

  it.each(['lung', '0/40', '400', '-400/40', ''])('refuse the window "%s"', (text) => {
    expect(() => configurationOf('--window', text)).toThrow('Width and level');
  });

  it('take what is frozen as words or as a number of convolutions', () => {
    expect(configurationOf('--freeze', 'none').freeze).toBe('none');
    expect(configurationOf('--freeze', '5').freeze).toBe(5);
    expect(() => configurationOf('--freeze', '0')).toThrow('a number of convolutions');
  });

  it('leave out the weights of classes where draws are even, unless both are asked for', () => {
    expect(configurationOf().classWeights).toBe('balanced');
    expect(configurationOf('--sampling', 'balanced').classWeights).toBe('none');
    expect(configurationOf('--sampling', 'balanced', '--class-weights', 'balanced').classWeights).toBe('balanced');
  });
});
