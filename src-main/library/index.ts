/** The library: sources, import, decoding, patients, splits, snapshots. Other features import from here only. */
export { createDecoder, type Decoder, type DecoderOptions } from './decoder.ts';
export type {
  DecodedFrame,
  DicomFacts,
  FrameOutcome,
  InspectOutcome,
  InspectedImage,
  LibraryImage,
} from './outcomes.ts';
export { modalityValues } from './pixels/window.ts';
export { Refusal, type RefusalCode, type Rejected } from './refusal.ts';
export type { MeasureOutcome } from './decodeProtocol.ts';
export type { PictureMeasures } from './duplicates/measure.ts';
export {
  findNearDuplicates,
  type Measured,
  type MeasuredImage,
  type NearDuplicate,
} from './duplicates/nearDuplicates.ts';
export { isFinding, testShortcuts, type ShortcutImage } from './shortcuts/shortcutTests.ts';
export { foldsByPatient, setsOfFold, type FoldOptions, type Folds } from './folds.ts';
export { groupsOf } from './groups.ts';
export { importPaths } from './import.ts';
export type { ImportDependencies, ImportOutcome } from './importParts.ts';
export { findNewPictures, type NewPicture } from './newPictures.ts';
export {
  pictureKeys,
  previewPatientRule,
  proposePatientRule,
  type PatientRulePreview,
  type PictureName,
} from './patients.ts';
export type { ImportEntry, ImportStore, KnownFile, NewFile, NewImage, NewRejection, WrittenEntry } from './ports.ts';
export { sniff } from './sniff.ts';
export { otherPlanesLast, sliceSpacing } from './sliceSpacing.ts';
export { compareSnapshots } from './compareSnapshots.ts';
export {
  freezeSnapshot,
  readSnapshot,
  readSnapshotDocument,
  type FrozenImage,
  type Snapshot,
  type SnapshotDocument,
  type SnapshotInput,
} from './snapshot.ts';
export {
  matchSplitFiles,
  readSplitFiles,
  type ListedImage,
  type SplitList,
  type SplitListMatch,
} from './splitFiles.ts';
export { splitByPatient, type SplitImage, type SplitOptions } from './split.ts';
export { readLabelTable } from './labels/labelTable.ts';
export type { ImageName, LineRefusal, TableLabel } from './labels/labelTable.ts';
