import type { DatabaseSync } from 'node:sqlite';
import { createLabelActs } from './labelActs.ts';
import { createLabelRows } from './labelRows.ts';
import { createLabelTargets } from './labelTargets.ts';

export type { WishedChange } from './labelActs.ts';
export type { LabelExportRow } from './labelRows.ts';

/** Labels by hand, with their stack of undo; readers' own labels; what a table of labels needs. */
export function createLabellingStore(database: DatabaseSync) {
  return { ...createLabelActs(database), ...createLabelRows(database), ...createLabelTargets(database) };
}
