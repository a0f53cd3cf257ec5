import type { Window } from '../../src-shared/contract/vocabulary.ts';
import type { PixelArray } from './pixels/pixelArray.ts';
import type { Rejected } from './refusal.ts';

export type ImageFormat = 'dicom' | 'png' | 'jpeg' | 'bmp' | 'tiff' | 'webp';

/** Where one frame lies in the patient, PS3.3 C.7.6.2. Millimetres. */
export interface FramePlace {
  position: readonly [number, number, number] | null;
  /** Direction cosines of the rows, then of the columns. */
  orientation: readonly number[] | null;
  /** Distance between rows, then between columns. */
  spacing: readonly [number, number] | null;
  sliceThickness: number | null;
}

/** What a DICOM file says of its patient, study and scanner; all of it may be missing. */
export interface DicomFacts {
  patientId: string | null;
  issuerOfPatientId: string | null;
  sex: string | null;
  ageYears: number | null;
  studyUid: string | null;
  seriesUid: string | null;
  seriesNumber: number | null;
  seriesDescription: string | null;
  sopClassUid: string | null;
  sopInstanceUid: string | null;
  instanceNumber: number | null;
  modality: string | null;
  bodyPart: string | null;
  manufacturer: string | null;
  model: string | null;
  burnedInAnnotation: boolean | null;
}

export interface InspectedImage {
  kind: 'image';
  format: ImageFormat;
  bytes: number;
  fileSha256: string;
  rows: number;
  columns: number;
  frames: number;
  samplesPerPixel: number;
  photometric: string;
  bitsAllocated: number;
  bitsStored: number;
  signed: boolean;
  transferSyntax: string | null;
  /** Least and greatest stored value of all frames and samples. */
  min: number;
  max: number;
  /** sha256 of the stored values of all frames, row-major, little-endian, type by BitsAllocated and sign. */
  pixelSha256: string;
  /** The same per frame; one entry equal to `pixelSha256` when there is one frame. */
  framePixelSha256: readonly string[];
  places: readonly FramePlace[];
  dicom: DicomFacts | null;
  /** In words, what was odd and how it was read. */
  warnings: readonly string[];
}
export type InspectOutcome = InspectedImage | Rejected;

/** Units of `value = pixel · slope + intercept`. */
export type PixelUnits = 'HU' | 'gray' | 'unit';

/** VOI LUT sequence item: `data[clamp(value − first)]` runs 0 … 2^bits − 1. Values are modality values. */
export interface VoiTable {
  first: number;
  bits: number;
  data: Uint16Array;
  explanation: string;
}

export interface DecodedFrame {
  kind: 'frame';
  format: ImageFormat;
  rows: number;
  columns: number;
  /** One sample per pixel, row-major: stored values of gray images, luminance 0 … 255 of colour ones. */
  pixels: PixelArray;
  /** Interleaved RGB bytes, rows × columns × 3; null for gray images. */
  rgb: Uint8Array | null;
  slope: number;
  intercept: number;
  units: PixelUnits;
  /** The file's own windows, in modality values, the first is its default. */
  windows: readonly (Window & { explanation: string })[];
  voiTable: VoiTable | null;
  /** True for MONOCHROME1: the lowest value is white. */
  inverted: boolean;
  photometric: string;
  place: FramePlace;
  /** Range of the modality values, padding left out. */
  min: number;
  max: number;
  isHounsfield: boolean;
}
export type FrameOutcome = DecodedFrame | Rejected;
