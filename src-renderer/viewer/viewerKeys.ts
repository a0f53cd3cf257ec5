/** Which key does what in the viewer. Pure, so that the key sheet, the toolbar and the tests speak of the same thing. */
export type ViewerCommand =
  | { kind: 'scroll'; by: number }
  | { kind: 'first' }
  | { kind: 'last' }
  | { kind: 'preset'; key: string }
  | { kind: 'invert' }
  | { kind: 'fit' }
  | { kind: 'reset' }
  | { kind: 'model' }
  | { kind: 'heatMap' }
  | { kind: 'zoom'; factor: number }
  | { kind: 'pan'; x: number; y: number };

export interface KeyPress {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

const page = 10;
const zoomStep = 1.2;
/** CSS pixels. */
const panStep = 40;

const plain: Readonly<Record<string, ViewerCommand>> = {
  ArrowUp: { kind: 'scroll', by: -1 },
  ArrowLeft: { kind: 'scroll', by: -1 },
  ArrowDown: { kind: 'scroll', by: 1 },
  ArrowRight: { kind: 'scroll', by: 1 },
  PageUp: { kind: 'scroll', by: -page },
  PageDown: { kind: 'scroll', by: page },
  Home: { kind: 'first' },
  End: { kind: 'last' },
  i: { kind: 'invert' },
  f: { kind: 'fit' },
  r: { kind: 'reset' },
  m: { kind: 'model' },
  h: { kind: 'heatMap' },
  '+': { kind: 'zoom', factor: zoomStep },
  '=': { kind: 'zoom', factor: zoomStep },
  '-': { kind: 'zoom', factor: 1 / zoomStep },
};

const shifted: Readonly<Record<string, ViewerCommand>> = {
  '+': { kind: 'zoom', factor: zoomStep },
  ArrowUp: { kind: 'pan', x: 0, y: -panStep },
  ArrowDown: { kind: 'pan', x: 0, y: panStep },
  ArrowLeft: { kind: 'pan', x: -panStep, y: 0 },
  ArrowRight: { kind: 'pan', x: panStep, y: 0 },
};

export function commandOf(press: KeyPress): ViewerCommand | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  if (press.shiftKey) return shifted[press.key] ?? null;
  if (/^[1-6]$/.test(press.key)) return { kind: 'preset', key: press.key };
  return plain[press.key] ?? null;
}
