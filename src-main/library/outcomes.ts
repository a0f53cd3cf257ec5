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

/** What an import keeps of one file. */
export interface LibraryImage {
  kind: 'image';
  format: ImageFormat;
  bytes: number;
  /** ISO 8601, UTC. */
  modifiedAt: string;
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
  /**
   * sha256 of the stored values of each frame: row-major, little-endian, type by BitsAllocated and sign. Null where an import leaves it to
   * the check, see `FrameReader.isStored`.
   */
  framePixelSha256: readonly (string | null)[];
  places: readonly FramePlace[];
  dicom: DicomFacts | null;
  /** In words, what was odd and how it was read. */
  warnings: readonly string[];
}

export interface PixelExtent {
  /** Least and greatest stored value of all frames and samples. */
  min: number;
  max: number;
  /** sha256 of the stored values of all frames together; that of the frame when there is one. */
  pixelSha256: string;
}

export type InspectedImage = Omit<LibraryImage, 'framePixelSha256'> &
  PixelExtent & { framePixelSha256: readonly string[] };
export type InspectOutcome = InspectedImage | Rejected;
/** `unchanged`: the file has the size and time that it had when it was read before, and was not read again. */
export type ReadOutcome = LibraryImage | { kind: 'unchanged' } | Rejected;

/** What the readers of the formats find; `summary` where it was asked for. */
export type FileInspection = Omit<LibraryImage, 'kind' | 'bytes' | 'modifiedAt' | 'fileSha256'> & {
  summary: PixelExtent | null;
};

/** Units of `value = pixel · slope + intercept`. */
export type PixelUnits = 'HU' | 'gray' | 'unit';

/** VOI LUT sequence item: `data[clamp(value − first)]` runs 0 … 2^bits − 1. Values are modality values. */
export interface VoiTable {
  first: number;
  bits: number;
  data: Uint16Array;
  explanation: string;
}

/** VOI LUT Function (0028,1056), PS3.3 C.11.2.1.3; LINEAR where the file names none. */
export const voiFunctions = ['LINEAR', 'LINEAR_EXACT', 'SIGMOID'] as const;
export type VoiFunction = (typeof voiFunctions)[number];

export type NamedWindow = Window & { explanation: string; function: VoiFunction };

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
  windows: readonly NamedWindow[];
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
