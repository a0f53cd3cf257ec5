/** Attributes of one frame: its own functional group, else the shared one, else the data set itself (PS3.3 C.7.6.16). */
import type { DataSet } from 'dicom-parser';
import { item } from './attributes.ts';
import { tags, type TagName } from './tags.ts';

/** The data set that holds the attributes of the macro `sequence` for `frame`. */
export function frameGroup(dataSet: DataSet, sequence: TagName, frame: number): DataSet {
  const own = item(dataSet, tags.PerFrameFunctionalGroupsSequence, frame);
  const shared = item(dataSet, tags.SharedFunctionalGroupsSequence);
  return (own && item(own, sequence)) ?? (shared && item(shared, sequence)) ?? dataSet;
}
