/** Every key of the interface, for the sheet and for Help. */
export interface KeyGroup {
  title: string;
  keys: readonly (readonly [key: string, action: string])[];
}

/** What the mouse and fingers do in the viewer; its keys are commands, which people can change. */
export const viewerHands: readonly (readonly [hand: string, action: string])[] = [
  ['Wheel', 'Previous or next slice'],
  ['Left button', 'The chosen tool; at first the window: sideways for width, up or down for level'],
  ['Middle button', 'Move the picture'],
  ['Right button', 'Enlarge upwards, reduce downwards'],
  ['One finger', 'The chosen tool'],
  ['Two fingers', 'Move and enlarge'],
  ['Three fingers', 'Scroll through the slices'],
  ['Shift + left button', 'Move the crosshair of the three planes'],
  ['Arrows on a point', 'Move a point of a measurement by a pixel, with Shift by ten'],
];

export const keyGroups: readonly KeyGroup[] = [
  {
    title: 'Everywhere',
    keys: [
      ['?', 'Show the keys'],
      ['g then i l t r v p', 'Go to Images, Labels, Train, Results, Review, Report'],
      ['Esc', 'Close a dialog'],
    ],
  },
  {
    title: 'Images',
    keys: [
      ['← → ↑ ↓', 'Move in the grid; among the folders and patients ← and → close and open'],
      ['Shift + 1 – 9', 'Label with the first, second, … class; a class can have a key of its own too'],
      ['Shift + 0', 'Take the label away'],
      ['n', 'Next image without a label'],
      ['q', 'Exclude with a reason, or take in again'],
      ['Backspace, Shift + Backspace', 'Take the last label back, or bring it back; also after a restart'],
      ['Shift + arrows', 'Choose a range in the grid'],
      ['Ctrl + a', 'Choose all images of the list'],
    ],
  },
  {
    title: 'Labels: where readers differ',
    keys: [
      ['Shift + 1 – 9', 'Decide for the first, second, … class'],
      ['j, k', 'Next or previous disagreement'],
      ['Backspace', 'Take the last decision back'],
    ],
  },
  {
    title: 'Train: the table of runs',
    keys: [
      ['↑ ↓', 'Next or previous run'],
      ['Space', 'Choose the run, to compare or archive it with others'],
      ['Enter', 'Open the run'],
    ],
  },
  {
    title: 'Results and comparison',
    keys: [
      ['← →', 'Move the operating point along the curve, while its slider has the focus'],
      ['j, k', 'Comparison: next or previous image on which the runs differ'],
    ],
  },
  {
    title: 'Review',
    keys: [
      ['j, k', 'Next or previous case'],
      ['v', 'Next case that you have not answered'],
      ['y, n', 'Agree or disagree with the model; in blinded reading: the positive class, or not'],
      ['u', 'Unsure'],
      ['b', 'Relabel with the other class'],
      ['Shift + 1 – 9', 'Relabel with a class; in blinded reading: answer with it'],
      ['q', 'Exclude from later runs'],
      ['c', 'Comment; Enter keeps it'],
      ['Backspace', 'Undo'],
      ['↑ ↓', 'Next or previous case, while the table has the focus'],
    ],
  },
];
