import { describe, expect, it } from 'vitest';
import { conflictsOf, keyMap, keyName, keysOf, keyWords, viewerCommands } from './commands.ts';

const bare = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };

describe('names of keys', () => {
  it('say what was held, but not the Shift that made the character', () => {
    expect(keyName({ ...bare, key: 'ArrowUp', shiftKey: true })).toBe('Shift+ArrowUp');
    expect(keyName({ ...bare, key: 'P', shiftKey: true })).toBe('Shift+p');
    expect(keyName({ ...bare, key: '+', shiftKey: true })).toBe('+');
    expect(keyName({ ...bare, key: ' ' })).toBe('Space');
    expect(keyName({ ...bare, key: 'z', ctrlKey: true })).toBe('Ctrl+z');
  });
  it('are none for a key that only changes others', () => {
    expect(keyName({ ...bare, key: 'Shift', shiftKey: true })).toBeNull();
  });
  it('are written with arrows', () => {
    expect(keyWords('Shift+ArrowUp')).toBe('Shift+↑');
    expect(keyWords('+')).toBe('+');
  });
});

describe('keys of the viewer', () => {
  it('are given to one command each at first', () => {
    const all = viewerCommands.flatMap((command) => keysOf(command, {}));
    expect(new Set(all).size).toBe(all.length);
    for (const command of viewerCommands)
      for (const key of keysOf(command, {})) expect(conflictsOf(key, command, {})).toEqual([]);
  });
  it('leave Shift with a digit to labelling and Ctrl with a letter to the browser', () => {
    expect(keyMap({}).has(keyName({ ...bare, key: '!', shiftKey: true })!)).toBe(false);
    expect(keyMap({}).has('Ctrl+r')).toBe(false);
  });
  it('can be replaced; the usual ones are free then', () => {
    const map = keyMap({ next: 'n' });
    expect(map.get('n')).toBe('next');
    expect(map.has('ArrowDown')).toBe(false);
  });
  it('of one person come before the usual ones, and the conflict is told to both', () => {
    const own = { invert: 'f' };
    expect(keyMap(own).get('f')).toBe('invert');
    expect(conflictsOf('f', 'invert', own)).toEqual(['Fit to the pane']);
    expect(conflictsOf('f', 'fit', own)).toEqual(['Invert']);
    expect(conflictsOf('?', 'invert', {})).toEqual(['the key sheet']);
  });
});
