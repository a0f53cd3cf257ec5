/** The library: sources, import, decoding, patients, splits, snapshots. Other features import from here only. */
export { createDecoder, type Decoder, type DecoderOptions } from './decoder.ts';
export type { DecodedFrame, FrameOutcome, InspectOutcome, InspectedImage } from './outcomes.ts';
export { modalityValues } from './pixels/window.ts';
export { Refusal, type RefusalCode, type Rejected } from './refusal.ts';
export { findLeakage, type LeakageImage } from './leakage.ts';
export {
  pictureKeys,
  previewPatientRule,
  proposePatientRule,
  type PatientRulePreview,
  type PictureName,
} from './patients.ts';
export { freezeSnapshot, type Snapshot, type SnapshotImage, type SnapshotInput } from './snapshot.ts';
export {
  matchSplitFiles,
  readSplitFiles,
  type ListedImage,
  type SplitList,
  type SplitListMatch,
} from './split-files.ts';
export { splitByPatient, type SplitImage, type SplitOptions } from './split.ts';
