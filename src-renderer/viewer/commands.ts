/** Every command of the viewer with its keys. Pure, so that toolbar, key sheet, settings and tests speak of the same thing. */
import type { ViewerKeys } from '../../src-shared/contract/viewer.ts';

interface CommandFacts {
  words: string;
  keys: readonly string[];
}

const table = {
  next: { words: 'Next slice', keys: ['ArrowDown', 'ArrowRight'] },
  previous: { words: 'Previous slice', keys: ['ArrowUp', 'ArrowLeft'] },
  nextPage: { words: 'Ten slices on', keys: ['PageDown'] },
  previousPage: { words: 'Ten slices back', keys: ['PageUp'] },
  first: { words: 'First slice', keys: ['Home'] },
  last: { words: 'Last slice', keys: ['End'] },
  cine: { words: 'Play or stop', keys: ['Space'] },
  fileWindow: { words: "The file's own window", keys: ['0'] },
  preset1: { words: 'Lung window', keys: ['1'] },
  preset2: { words: 'Mediastinum window', keys: ['2'] },
  preset3: { words: 'Soft tissue window', keys: ['3'] },
  preset4: { words: 'Bone window', keys: ['4'] },
  preset5: { words: 'Liver window', keys: ['5'] },
  preset6: { words: 'Brain window', keys: ['6'] },
  invert: { words: 'Invert', keys: ['i'] },
  rotate: { words: 'Turn by 90°', keys: ['.'] },
  flipHorizontal: { words: 'Flip left and right', keys: [','] },
  flipVertical: { words: 'Flip top and bottom', keys: [';'] },
  fit: { words: 'Fit to the pane', keys: ['f'] },
  oneToOne: { words: 'One to one', keys: ['z'] },
  reset: { words: 'Reset window, zoom and position', keys: ['r'] },
  zoomIn: { words: 'Enlarge', keys: ['+', '='] },
  zoomOut: { words: 'Reduce', keys: ['-'] },
  panUp: { words: 'Move up', keys: ['Shift+ArrowUp'] },
  panDown: { words: 'Move down', keys: ['Shift+ArrowDown'] },
  panLeft: { words: 'Move left', keys: ['Shift+ArrowLeft'] },
  panRight: { words: 'Move right', keys: ['Shift+ArrowRight'] },
  toolWindow: { words: 'Window', keys: ['w'] },
  toolLength: { words: 'Length', keys: ['l'] },
  toolAngle: { words: 'Angle', keys: ['a'] },
  toolBidirectional: { words: 'Two diameters', keys: ['d'] },
  toolEllipse: { words: 'Ellipse', keys: ['e'] },
  toolRectangle: { words: 'Rectangle', keys: ['t'] },
  toolProbe: { words: 'Probe', keys: ['p'] },
  toolMagnifier: { words: 'Magnifier', keys: ['x'] },
  toolCrosshair: { words: 'Crosshair of the planes', keys: ['Shift+c'] },
  place: { words: 'Draw with the chosen tool in the middle', keys: ['Enter'] },
  removeMeasurement: { words: 'Remove the chosen measurement', keys: ['Delete'] },
  undo: { words: 'Undo', keys: ['Ctrl+z'] },
  redo: { words: 'Redo', keys: ['Ctrl+y', 'Ctrl+Shift+z'] },
  model: { words: 'What the model sees', keys: ['m'] },
  heatMap: { words: 'Heat map: what speaks for the class', keys: ['h'] },
  overlay: { words: 'Words over the picture', keys: ['o'] },
  patientData: { words: 'Patient data', keys: ['Shift+p'] },
  keyImage: { words: 'Mark as key image', keys: ['k'] },
  nextKeyImage: { words: 'Next key image', keys: ['Shift+k'] },
  layout1: { words: 'One pane', keys: ['7'] },
  layout2: { words: 'Two panes', keys: ['8'] },
  layout4: { words: 'Four panes', keys: ['9'] },
  planes: { words: 'Three planes (MPR)', keys: ['Shift+m'] },
  nextPane: { words: 'Next pane', keys: ['Shift+w'] },
  linkSlices: { words: 'Scroll panes together', keys: ['s'] },
  linkWindows: { words: 'Window panes together', keys: ['Shift+s'] },
} as const satisfies Record<string, CommandFacts>;

export type ViewerCommand = keyof typeof table;
export const viewerCommands = Object.keys(table) as ViewerCommand[];

export function commandWords(command: ViewerCommand): string {
  return table[command].words;
}

export interface KeyPress {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** "Ctrl+z", "Shift+ArrowUp", "+": the name of a key with what is held beside it. Null for a key that only changes others. */
export function keyName(press: KeyPress): string | null {
  if (['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Unidentified'].includes(press.key)) return null;
  const key = press.key === ' ' ? 'Space' : press.key;
  const isLetter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  // Shift has done its work already where it made another character.
  const shift = press.shiftKey && (isLetter || key.length > 1) ? 'Shift+' : '';
  const control = press.ctrlKey || press.metaKey ? 'Ctrl+' : '';
  const alternative = press.altKey ? 'Alt+' : '';
  return `${control}${alternative}${shift}${isLetter ? key.toLowerCase() : key}`;
}

/** A person's own key replaces all keys that the command has by itself. */
export function keysOf(command: ViewerCommand, own: ViewerKeys): readonly string[] {
  const key = own[command];
  return key === undefined ? table[command].keys : [key];
}

/** Which command each key carries out. Where two want one key, a person's own choice comes before the default. */
export function keyMap(own: ViewerKeys): ReadonlyMap<string, ViewerCommand> {
  const byKey = new Map<string, ViewerCommand>();
  const chosen = viewerCommands.filter((command) => own[command] !== undefined);
  const others = viewerCommands.filter((command) => own[command] === undefined);
  for (const command of [...others, ...chosen]) for (const key of keysOf(command, own)) byKey.set(key, command);
  return byKey;
}

/**
 * Keys that the rest of the window needs, and which come before the viewer's there. `k` is left out: in Review it goes to the previous
 * case, where cases are gone through and no key images are marked.
 */
const reserved: Readonly<Record<string, readonly string[]>> = {
  '?': ['the key sheet'],
  g: ['going to another screen'],
  Tab: ['moving the focus'],
  Escape: ['closing and cancelling'],
  n: ['in Images: the next image without a label', 'in Review: disagree'],
  q: ['in Images and Review: exclude'],
  Backspace: ['in Images and Review: undo'],
  'Shift+Backspace': ['in Images: redo'],
  j: ['in Review: the next case'],
  v: ['in Review: the next case without an answer'],
  y: ['in Review: agree'],
  u: ['in Review: unsure'],
  b: ['in Review: relabel'],
  c: ['in Review: comment'],
};

/** Who else wants this key, in words; empty when nobody does. */
export function conflictsOf(key: string, command: ViewerCommand, own: ViewerKeys): string[] {
  const others = viewerCommands.filter((other) => other !== command && keysOf(other, own).includes(key));
  return [...others.map(commandWords), ...(reserved[key] ?? [])];
}

const symbols: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'Page ↑',
  PageDown: 'Page ↓',
};

/** As it stands on the keyboard: "Shift+↑", "Ctrl+Z" is written "Ctrl+z". */
export function keyWords(key: string): string {
  const parts = key === '+' ? ['+'] : key.split(/\+(?=.)/);
  return parts.map((part) => symbols[part] ?? part).join('+');
}
