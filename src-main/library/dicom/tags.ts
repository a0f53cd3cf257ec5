/** The few attributes that the library reads, in dicom-parser's spelling (xGGGGEEEE). Names are those of PS3.6. */
export const tags = {
  MediaStorageSopClassUid: 'x00020002',
  TransferSyntaxUid: 'x00020010',
  SpecificCharacterSet: 'x00080005',
  SopClassUid: 'x00080016',
  SopInstanceUid: 'x00080018',
  Modality: 'x00080060',
  Manufacturer: 'x00080070',
  SeriesDescription: 'x0008103e',
  ManufacturerModelName: 'x00081090',
  PatientId: 'x00100020',
  IssuerOfPatientId: 'x00100021',
  PatientSex: 'x00100040',
  PatientAge: 'x00101010',
  BodyPartExamined: 'x00180015',
  SliceThickness: 'x00180050',
  ImagerPixelSpacing: 'x00181164',
  StudyInstanceUid: 'x0020000d',
  SeriesInstanceUid: 'x0020000e',
  SeriesNumber: 'x00200011',
  InstanceNumber: 'x00200013',
  ImagePositionPatient: 'x00200032',
  ImageOrientationPatient: 'x00200037',
  SamplesPerPixel: 'x00280002',
  PhotometricInterpretation: 'x00280004',
  PlanarConfiguration: 'x00280006',
  NumberOfFrames: 'x00280008',
  Rows: 'x00280010',
  Columns: 'x00280011',
  PixelSpacing: 'x00280030',
  BitsAllocated: 'x00280100',
  BitsStored: 'x00280101',
  HighBit: 'x00280102',
  PixelRepresentation: 'x00280103',
  PixelPaddingValue: 'x00280120',
  PixelPaddingRangeLimit: 'x00280121',
  BurnedInAnnotation: 'x00280301',
  WindowCenter: 'x00281050',
  WindowWidth: 'x00281051',
  RescaleIntercept: 'x00281052',
  RescaleSlope: 'x00281053',
  RescaleType: 'x00281054',
  WindowExplanation: 'x00281055',
  VoiLutFunction: 'x00281056',
  RedPaletteDescriptor: 'x00281101',
  GreenPaletteDescriptor: 'x00281102',
  BluePaletteDescriptor: 'x00281103',
  RedPaletteData: 'x00281201',
  GreenPaletteData: 'x00281202',
  BluePaletteData: 'x00281203',
  SegmentedRedPaletteData: 'x00281221',
  SegmentedGreenPaletteData: 'x00281222',
  SegmentedBluePaletteData: 'x00281223',
  ModalityLutSequence: 'x00283000',
  LutDescriptor: 'x00283002',
  LutExplanation: 'x00283003',
  LutData: 'x00283006',
  VoiLutSequence: 'x00283010',
  DirectoryRecordSequence: 'x00041220',
  PixelMeasuresSequence: 'x00289110',
  FrameVoiLutSequence: 'x00289132',
  PixelValueTransformationSequence: 'x00289145',
  PlanePositionSequence: 'x00209113',
  PlaneOrientationSequence: 'x00209116',
  SharedFunctionalGroupsSequence: 'x52009229',
  PerFrameFunctionalGroupsSequence: 'x52009230',
  FloatPixelData: 'x7fe00008',
  DoubleFloatPixelData: 'x7fe00009',
  PixelData: 'x7fe00010',
} as const;

export type TagName = (typeof tags)[keyof typeof tags];

export const pixelDataTag = 0x7fe0_0010;

const bulkData: ReadonlySet<string> = new Set<string>([
  tags.PixelData,
  tags.LutData,
  tags.RedPaletteData,
  tags.GreenPaletteData,
  tags.BluePaletteData,
  tags.SegmentedRedPaletteData,
  tags.SegmentedGreenPaletteData,
  tags.SegmentedBluePaletteData,
]);

/** Values that are numbers throughout, never items, whatever their first bytes look like. */
export function isBulkData(tag: string): boolean {
  return bulkData.has(tag) || tag.startsWith('x60');
}

export function tagKey(tag: number): string {
  return `x${tag.toString(16).padStart(8, '0')}`;
}
