/** The library: sources, import, decoding, patients, splits, snapshots. Other features import from here only. */
export { createDecoder, type Decoder, type DecoderOptions } from './decoder.ts';
export type { DecodedFrame, FrameOutcome, InspectOutcome, InspectedImage, LibraryImage } from './outcomes.ts';
export { modalityValues } from './pixels/window.ts';
export { Refusal, type RefusalCode, type Rejected } from './refusal.ts';
export { findLeakage, type LeakageImage } from './leakage.ts';
export { importPaths, type ImportDependencies, type ImportOutcome } from './import.ts';
export { findNewPictures, type NewPicture } from './newPictures.ts';
export {
  pictureKeys,
  previewPatientRule,
  proposePatientRule,
  type PatientRulePreview,
  type PictureName,
} from './patients.ts';
export type { ImportEntry, ImportStore, KnownFile, NewFile, NewImage, NewRejection, WrittenEntry } from './ports.ts';
export { sliceSpacing } from './sliceSpacing.ts';
export { freezeSnapshot, readSnapshot, type FrozenImage, type Snapshot, type SnapshotInput } from './snapshot.ts';
export {
  matchSplitFiles,
  readSplitFiles,
  type ListedImage,
  type SplitList,
  type SplitListMatch,
} from './splitFiles.ts';
export { splitByPatient, type SplitImage, type SplitOptions } from './split.ts';
