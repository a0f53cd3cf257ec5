/** Why a file is not an image that can be used. The code is for programs, the reason for people. */
export const refusalCodes = [
  'EMPTY_FILE',
  'UNREADABLE',
  'TOO_LARGE',
  'NOT_AN_IMAGE',
  'FORMAT_UNSUPPORTED',
  'DICOM_DAMAGED',
  'DICOM_TRUNCATED',
  'DICOM_TOO_DEEP',
  'DICOM_TOO_MANY_ELEMENTS',
  'DICOMDIR',
  'STRUCTURED_REPORT',
  'KEY_OBJECT',
  'PRESENTATION_STATE',
  'NO_PIXEL_DATA',
  'TRANSFER_SYNTAX_MISSING',
  'TRANSFER_SYNTAX_UNSUPPORTED',
  'PIXEL_ATTRIBUTES',
  'PIXEL_DATA_SHORT',
  'PIXEL_DATA_DAMAGED',
  'PICTURE_DAMAGED',
  'INFLATED_TOO_LARGE',
  'FRAME_NOT_FOUND',
  'FILE_CHANGED',
  'TIME_LIMIT',
  'MEMORY_LIMIT',
  'DECODER_FAILED',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** Thrown inside the decoder, turned into `{ kind: 'rejected' }` once, at its edge. */
export class Refusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'Refusal';
    this.code = code;
  }
}

export interface Rejected {
  kind: 'rejected';
  code: RefusalCode;
  reason: string;
}

/** Runs `work`; a Refusal becomes its value, everything else is thrown on. */
export async function rejecting<T>(work: () => Promise<T>): Promise<T | Rejected> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'rejected', code: error.code, reason: error.message };
    throw error;
  }
}
