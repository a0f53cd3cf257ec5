/** The library: sources, import, decoding, patients, splits, snapshots. Other features import from here only. */
export { createDecoder, type Decoder, type DecoderOptions } from './decoder.ts';
export type { DecodedFrame, FrameOutcome, InspectOutcome, InspectedImage } from './outcomes.ts';
export { modalityValues } from './pixels/window.ts';
export { Refusal, type RefusalCode, type Rejected } from './refusal.ts';
