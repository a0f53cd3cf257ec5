/** Objects that are no images are refused as what they are, by SOP class (PS3.4 table B.5-1) and content. */
import { Refusal, type RefusalCode } from '../refusal.ts';
import { code } from './attributes.ts';
import type { DicomFile } from './dataSet.ts';
import { tags } from './tags.ts';

const storage = '1.2.840.10008.5.1.4.1.1';

const kinds: readonly { prefix: string; code: RefusalCode; reason: string }[] = [
  {
    prefix: '1.2.840.10008.1.3.10',
    code: 'DICOMDIR',
    reason: 'A DICOMDIR is the index of a medium, not an image; the files it lists are imported by themselves.',
  },
  { prefix: `${storage}.88.59`, code: 'KEY_OBJECT', reason: 'A key object selection points to images and holds none.' },
  { prefix: `${storage}.88.`, code: 'STRUCTURED_REPORT', reason: 'A structured report holds no image.' },
  {
    prefix: `${storage}.11.`,
    code: 'PRESENTATION_STATE',
    reason: 'A presentation state says how to show an image and holds none.',
  },
  { prefix: `${storage}.9.`, code: 'NO_PIXEL_DATA', reason: 'A waveform (such as an ECG) holds no image.' },
  {
    prefix: `${storage}.481.3`,
    code: 'NO_PIXEL_DATA',
    reason: 'A radiotherapy structure set holds contours, not an image.',
  },
  { prefix: `${storage}.481.5`, code: 'NO_PIXEL_DATA', reason: 'A radiotherapy plan holds no image.' },
  { prefix: `${storage}.104.`, code: 'NO_PIXEL_DATA', reason: 'An encapsulated document holds no image.' },
];

export function refuseNonImage({ dataSet, pixelData }: DicomFile): void {
  if (dataSet.elements[tags.DirectoryRecordSequence] !== undefined) refuse(kinds[0]!);
  const sopClass = code(dataSet, tags.SopClassUid) ?? '';
  const kind = kinds.find(({ prefix }) => sopClass.startsWith(prefix));
  if (kind !== undefined) refuse(kind);
  if (pixelData !== null) return;
  if (
    dataSet.elements[tags.FloatPixelData] !== undefined ||
    dataSet.elements[tags.DoubleFloatPixelData] !== undefined
  ) {
    throw new Refusal('FORMAT_UNSUPPORTED', 'Pixel data in floating point is not supported.');
  }
  const modality = code(dataSet, tags.Modality);
  throw new Refusal(
    'NO_PIXEL_DATA',
    `The DICOM file holds no pixel data${modality === null ? '' : ` (modality ${modality})`}.`,
  );
}

function refuse({ code: refusal, reason }: { code: RefusalCode; reason: string }): never {
  throw new Refusal(refusal, reason);
}
