import { describe, expect, it } from 'vitest';
import { runStateSchema } from '../../../../src-shared/contract/runs.ts';
import { defaultRunConfiguration } from '../../../../src-shared/contract/training.ts';
import { isUnderWay } from '../../../../src-shared/contract/runs.ts';
import { canExtend, canResume, stoppedWords } from './runStates.ts';

const validation = { loss: 0.5, accuracy: 0.8, auc: 0.9, sensitivity: 0.8, specificity: 0.8 };
const run = (state: (typeof runStateSchema.options)[number], checkpoints = 3) => ({
  state,
  checkpoints,
  epochsDone: 14,
  best: { epoch: 12, validation },
  configuration: defaultRunConfiguration,
});

describe('what a run allows', () => {
  it('is never both to go on and to train longer, and neither while it is under way', () => {
    for (const state of runStateSchema.options) {
      expect([canResume(run(state)), canExtend(run(state)), isUnderWay(state)].filter(Boolean).length).toBeLessThan(2);
    }
    expect(runStateSchema.options.filter((state) => canResume(run(state)))).toEqual([
      'paused',
      'cancelled',
      'failed',
      'interrupted',
    ]);
  });

  it('needs a checkpoint to go on from', () => {
    expect(canResume(run('interrupted', 0))).toBe(false);
    expect(canExtend(run('finished', 0))).toBe(false);
  });
});

describe('words for a run that stopped', () => {
  it('say what happened, what was kept and what to do', () => {
    const words = stoppedWords(run('interrupted'));
    expect(words?.happened).toContain('Interrupted');
    expect(words?.kept).toBe(
      'Kept: the weights of epoch 12, the best so far, the figures of 14 epochs of 20, 3 checkpoints.',
    );
    expect(words?.next).toContain('Resume');
  });

  it('are honest where nothing was kept, and silent where nothing stopped', () => {
    const early = { ...run('interrupted', 0), epochsDone: 0, best: null };
    expect(stoppedWords(early)).toMatchObject({
      kept: 'Nothing of it was kept but its configuration.',
      next: expect.stringContaining('start it again'),
    });
    expect(stoppedWords(run('finished'))).toBeNull();
    expect(stoppedWords(run('training'))).toBeNull();
  });
});
