/** What the codes of refusals mean, in words; the reasons themselves come with each file. */

/** Sound DICOM objects that hold no image: listed as what they are, and no error. */
const otherObjects: Readonly<Record<string, string>> = {
  DICOMDIR: 'Index of a medium (DICOMDIR)',
  STRUCTURED_REPORT: 'Structured report',
  KEY_OBJECT: 'Key object selection',
  PRESENTATION_STATE: 'Presentation state',
  NO_PIXEL_DATA: 'DICOM object without an image',
};

const refusals: Readonly<Record<string, string>> = {
  NOT_AN_IMAGE: 'Another kind of file',
  FORMAT_UNSUPPORTED: 'Format that is not supported',
  EMPTY_FILE: 'Empty file',
  UNREADABLE: 'Could not be opened',
  DICOM_TRUNCATED: 'DICOM file cut off',
  DICOM_DAMAGED: 'DICOM file damaged',
  DICOM_TOO_DEEP: 'DICOM file past the limits',
  DICOM_TOO_MANY_ELEMENTS: 'DICOM file past the limits',
  TRANSFER_SYNTAX_MISSING: 'Transfer syntax missing',
  TRANSFER_SYNTAX_UNSUPPORTED: 'Transfer syntax not supported',
  PIXEL_ATTRIBUTES: 'Contradictory image attributes',
  PIXEL_DATA_SHORT: 'Pixel data incomplete',
  PIXEL_DATA_DAMAGED: 'Pixel data damaged',
  PICTURE_DAMAGED: 'Picture damaged',
  TOO_LARGE: 'Too large',
  INFLATED_TOO_LARGE: 'Too large when inflated',
  TIME_LIMIT: 'Took too long to read',
  MEMORY_LIMIT: 'Took too much memory to read',
  DECODER_FAILED: 'Decoder failed',
  LABEL_CONFLICT: 'Copy with another label',
  FILE_CHANGED: 'Changed since it was imported',
};

export function isOtherObject(code: string): boolean {
  return code in otherObjects;
}

export function rejectionWords(code: string): string {
  return otherObjects[code] ?? refusals[code] ?? code;
}
