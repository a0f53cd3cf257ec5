import type { TrainItem } from '../../../src-shared/contract/compute.ts';

/** `balanced`: n / (classes · n of the class), as scikit-learn has it. */
export function weighClasses(items: readonly TrainItem[], classes: number, rule: 'balanced' | 'none'): number[] {
  return Array.from({ length: classes }, (_, label) => {
    if (rule === 'none') return 1;
    const count = items.filter((item) => item.label === label).length;
    return count === 0 ? 1 : items.length / (classes * count);
  });
}
