import type { Plan } from './plan.ts';
import type { ProgressEvent } from './ports.ts';

/**
 * How far a training is, in images of all its epochs, so that a bar beside the time that is left shows the share that is done. A phase
 * before the first epoch (loading, features) has its own count.
 */
export function wholeProgress(
  { phase, epoch, epochs, done, total }: Pick<ProgressEvent, 'phase' | 'epoch' | 'epochs' | 'done' | 'total'>,
  { images }: Pick<Plan, 'images'>,
): { done: number; total: number } {
  if (epoch === 0 || (phase !== 'training' && phase !== 'validation')) return { done, total };
  const training = images.filter(([, , validation]) => validation === 0).length;
  const before = (epoch - 1) * images.length + (phase === 'validation' ? training : 0);
  return { done: before + done, total: epochs * images.length };
}
