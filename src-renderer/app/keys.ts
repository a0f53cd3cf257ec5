/** Every key of the interface, for the sheet and for Help. */
export interface KeyGroup {
  title: string;
  keys: readonly (readonly [key: string, action: string])[];
}

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
    title: 'Viewer',
    keys: [
      ['Wheel, ↑ ↓', 'Previous or next slice'],
      ['Page ↑ ↓', 'Ten slices on or back'],
      ['Home, End', 'First or last slice'],
      ['Left button', 'Window: drag sideways for width, up or down for level'],
      ['Middle button', 'Move the picture'],
      ['Right button', 'Zoom'],
      ['1 – 6', 'Lung, mediastinum, soft tissue, bone, liver, brain window (CT)'],
      ['i', 'Invert'],
      ['f', 'Fit to the viewport'],
      ['r', 'Reset window, zoom and position'],
      ['m', 'What the model sees'],
      ['h', 'Heat map: what speaks for the class'],
    ],
  },
  {
    title: 'Images',
    keys: [
      ['← → ↑ ↓', 'Move in the grid'],
      ['Shift + 1 – 9', 'Label with the first, second, … class'],
      ['Shift + 0', 'Take the label away'],
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
