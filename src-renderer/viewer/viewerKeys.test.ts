import { describe, expect, it } from 'vitest';
import { commandOf } from './viewerKeys.ts';

const bare = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };

describe('viewer keys', () => {
  it('scroll one slice with arrows and ten with the page keys', () => {
    expect(commandOf({ ...bare, key: 'ArrowDown' })).toEqual({ kind: 'scroll', by: 1 });
    expect(commandOf({ ...bare, key: 'PageUp' })).toEqual({ kind: 'scroll', by: -10 });
    expect(commandOf({ ...bare, key: 'End' })).toEqual({ kind: 'last' });
  });

  it('choose presets with 1 to 6 only', () => {
    expect(commandOf({ ...bare, key: '6' })).toEqual({ kind: 'preset', key: '6' });
    expect(commandOf({ ...bare, key: '7' })).toBeNull();
  });

  it('leave Shift and a number to labelling, and Ctrl to the browser', () => {
    expect(commandOf({ ...bare, shiftKey: true, key: '1' })).toBeNull();
    expect(commandOf({ ...bare, ctrlKey: true, key: 'r' })).toBeNull();
  });

  it('switch what lies over the picture with m and h', () => {
    expect(commandOf({ ...bare, key: 'm' })).toEqual({ kind: 'model' });
    expect(commandOf({ ...bare, key: 'h' })).toEqual({ kind: 'heatMap' });
  });

  it('move the picture with Shift and the arrows', () => {
    expect(commandOf({ ...bare, shiftKey: true, key: 'ArrowLeft' })).toEqual({ kind: 'pan', x: -40, y: 0 });
  });
});
