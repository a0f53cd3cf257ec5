import { describe, expect, it } from 'vitest';
import type { Folder } from '../../src-shared/contract/library.ts';
import { closedAtFirst, treeRows } from './folderTree.ts';

function folder(name: string, sourceId = 1): Folder {
  return { sourceId, source: `/data/${sourceId}`, folder: name, images: 1, classId: null, mixed: false };
}

describe('folder tree', () => {
  it('puts what is inside a folder below it, numbers in their order', () => {
    const rows = treeRows([folder('b'), folder('a/10'), folder('a'), folder(''), folder('a/2')], new Set());
    expect(rows.map((row) => [row.name, row.depth])).toEqual([
      ['/data/1', 0],
      ['a', 1],
      ['2', 2],
      ['10', 2],
      ['b', 1],
    ]);
  });

  it('does not take "ab" for something inside "a"', () => {
    const rows = treeRows([folder('a'), folder('ab')], new Set());
    expect(rows.map((row) => row.depth)).toEqual([0, 0]);
    expect(rows[0]?.hasChildren).toBe(false);
  });

  it('keeps sources apart', () => {
    const rows = treeRows([folder('', 2), folder('x', 1), folder('', 1)], new Set());
    expect(rows.map((row) => [row.folder.sourceId, row.depth])).toEqual([
      [1, 0],
      [1, 1],
      [2, 0],
    ]);
  });

  it('hides what is inside a closed folder, at every depth', () => {
    const rows = treeRows([folder(''), folder('a'), folder('a/b')], new Set(['1/']));
    expect(rows.map((row) => row.name)).toEqual(['/data/1']);
    expect(rows[0]).toMatchObject({ hasChildren: true, open: false });
  });

  it('starts with folders closed that hold many', () => {
    const many = Array.from({ length: 9 }, (_, at) => folder(`patients/${at}`));
    expect([...closedAtFirst([folder(''), folder('patients'), ...many])]).toEqual(['1/patients']);
  });
});
