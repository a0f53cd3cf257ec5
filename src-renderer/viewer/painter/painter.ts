import type { Window } from '../../../src-shared/contract/vocabulary.ts';
import type { VoiFunction } from '../../ui/windowPresets.ts';
import type { Frame } from '../../api/images.ts';
import type { PaneSize, View } from '../view.ts';

/** All that a painter has to know to put one picture on the screen. */
export interface Scene {
  /** Name of the picture, by which a painter notices that it shows it already. */
  picture: string;
  frame: Frame;
  window: Window;
  voiFunction: VoiFunction;
  /** The lowest value is white. */
  inverted: boolean;
  view: View;
  pane: PaneSize;
}

/** Draws the pane's picture: with Cornerstone on the graphics card, or on a canvas by the processor. */
export interface Painter {
  renderer: 'gpu' | 'cpu';
  /** The picture that was there stays until the next is drawn. */
  paint(scene: Scene): Promise<void>;
  resize(): void;
  close(): void;
}
