import { describe, expect, it } from 'vitest';
import { conflictsOf, keyMap, keyName } from '../../viewer/commands.ts';
import { labelCommand } from './labelKeys.ts';

const press = (key: string, more: { code?: string; shiftKey?: boolean; ctrlKey?: boolean } = {}) =>
  labelCommand({ key, code: '', shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...more }, ['c', null]);

describe('keys of labelling', () => {
  it('name a class by Shift and its number, on any keyboard, or by its own key', () => {
    expect(press('!', { code: 'Digit1', shiftKey: true })).toEqual({ kind: 'class', place: 0 });
    expect(press('"', { code: 'Digit2', shiftKey: true })).toEqual({ kind: 'class', place: 1 });
    expect(press('=', { code: 'Digit0', shiftKey: true })).toEqual({ kind: 'clear' });
    expect(press('c')).toEqual({ kind: 'class', place: 0 });
    expect(press('C')).toEqual({ kind: 'class', place: 0 });
  });

  it('leave alone what is no class, and what belongs to others', () => {
    expect(press('#', { code: 'Digit3', shiftKey: true })).toBeNull();
    expect(press('1', { code: 'Digit1' })).toBeNull();
    expect(press('c', { ctrlKey: true })).toBeNull();
    expect(press('w')).toBeNull();
  });

  it('go on, exclude, take back and bring back', () => {
    expect(press('n')).toEqual({ kind: 'next' });
    expect(press('q')).toEqual({ kind: 'exclude' });
    expect(press('Backspace')).toEqual({ kind: 'undo' });
    expect(press('Backspace', { shiftKey: true })).toEqual({ kind: 'redo' });
  });

  it('take no key of the viewer, and are named when somebody gives one of them to a command of the viewer', () => {
    for (const key of [...'abcdefghijklmnopqrstuvwxyz', 'Backspace', 'Delete', 'Enter', 'Home']) {
      for (const shiftKey of [false, true]) {
        const pressed = { key, code: '', shiftKey, ctrlKey: false, altKey: false, metaKey: false };
        if (labelCommand(pressed, []) === null) continue;
        expect(keyMap({}).has(keyName(pressed)!)).toBe(false);
        expect(conflictsOf(keyName(pressed)!, 'invert', {}).join()).toMatch(/in Images/);
      }
    }
  });
});
