import { formatNumber } from '../../src-shared/domain/format.ts';
import type { Block } from './blocks.ts';

/** One of the worst errors: what the model saw, and beside it what spoke for the positive class. */
export interface FailurePicture {
  /** As in the appendix. */
  id: string;
  outcome: 'fn' | 'fp';
  label: string;
  probability: number;
  /** PNG, base64; two squares side by side. */
  png: string;
}

export interface RunPictures {
  pictures: FailurePicture[];
  /** Why there are none, in words; empty where there are. */
  problem: string;
}

/** By run. Pictures are drawn in PDF and HTML; CSV and JSON hold figures only. */
export type FailurePictures = Readonly<Record<string, RunPictures>>;

const words = { fn: 'False negative', fp: 'False positive' } as const;

export function pictureBlocks(run: RunPictures | undefined, positiveClass: string): Block[] {
  if (run === undefined) return [];
  if (run.pictures.length === 0) {
    return run.problem === '' ? [] : [{ kind: 'paragraph', quiet: true, text: `No heat maps: ${run.problem}` }];
  }
  return [
    {
      kind: 'paragraph',
      quiet: true,
      text: `The worst errors as the model saw them, and beside each what speaks for ${positiveClass} by Grad-CAM (Selvaraju 2017) at the last convolution: black nothing, yellow most, each map by its own scale. A heat map shows where, not why.`,
    },
    {
      kind: 'figures',
      figures: run.pictures.map((one) => ({
        caption: `${words[one.outcome]}: ${one.id}, label ${one.label}, probability ${formatNumber(one.probability, 3)}`,
        width: 448,
        height: 224,
        draw: () =>
          `<svg xmlns="http://www.w3.org/2000/svg" width="448" height="224" viewBox="0 0 448 224"><image width="448" height="224" href="data:image/png;base64,${one.png}"/></svg>`,
      })),
    },
  ];
}
