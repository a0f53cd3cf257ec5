/** Patient, study, scanner and place of a DICOM image, as far as the file says them. No names, no dates. */
import type { DataSet } from 'dicom-parser';
import type { DicomFacts, FramePlace } from '../outcomes.ts';
import { code, decimals, firstDecimal, integer, text } from './attributes.ts';
import { frameGroup } from './functionalGroups.ts';
import { tags } from './tags.ts';

/** Longest UID of PS3.5 9.1; longer ones are cut by nobody, they are just not used. */
const longestUid = 64;

export function readFacts(dataSet: DataSet): DicomFacts {
  const burnedIn = code(dataSet, tags.BurnedInAnnotation);
  return {
    patientId: text(dataSet, tags.PatientId),
    issuerOfPatientId: text(dataSet, tags.IssuerOfPatientId),
    sex: code(dataSet, tags.PatientSex),
    ageYears: readAge(code(dataSet, tags.PatientAge)),
    studyUid: uid(dataSet, tags.StudyInstanceUid),
    seriesUid: uid(dataSet, tags.SeriesInstanceUid),
    seriesNumber: integer(dataSet, tags.SeriesNumber),
    seriesDescription: text(dataSet, tags.SeriesDescription),
    sopClassUid: uid(dataSet, tags.SopClassUid),
    sopInstanceUid: uid(dataSet, tags.SopInstanceUid),
    instanceNumber: integer(dataSet, tags.InstanceNumber),
    modality: code(dataSet, tags.Modality),
    bodyPart: code(dataSet, tags.BodyPartExamined),
    manufacturer: text(dataSet, tags.Manufacturer),
    model: text(dataSet, tags.ManufacturerModelName),
    burnedInAnnotation: burnedIn === null ? null : burnedIn === 'YES',
  };
}

function uid(dataSet: DataSet, tag: Parameters<typeof code>[1]): string | null {
  const value = code(dataSet, tag);
  return value !== null && value.length <= longestUid && /^[0-9.]+$/.test(value) ? value : null;
}

/** Age string nnnD, nnnW, nnnM or nnnY in years. */
export function readAge(value: string | null): number | null {
  const match = /^(\d{1,3})([DWMY])$/.exec(value ?? '');
  if (match === null) return null;
  const perYear = { D: 365.25, W: 365.25 / 7, M: 12, Y: 1 }[match[2]!]!;
  return Math.round((Number(match[1]) / perYear) * 100) / 100;
}

export function readPlace(dataSet: DataSet, frame: number): FramePlace {
  const position = decimals(frameGroup(dataSet, tags.PlanePositionSequence, frame), tags.ImagePositionPatient);
  const orientation = decimals(frameGroup(dataSet, tags.PlaneOrientationSequence, frame), tags.ImageOrientationPatient);
  const measures = frameGroup(dataSet, tags.PixelMeasuresSequence, frame);
  const spacing = decimals(measures, tags.PixelSpacing);
  const thickness = firstDecimal(measures, tags.SliceThickness);
  return {
    position: position?.length === 3 ? [position[0]!, position[1]!, position[2]!] : null,
    orientation: orientation?.length === 6 ? orientation : null,
    // A spacing of zero is no spacing: nothing is measured in millimetres then.
    spacing: spacing?.length === 2 && spacing.every((one) => one > 0) ? [spacing[0]!, spacing[1]!] : null,
    sliceThickness: thickness !== null && thickness > 0 ? thickness : null,
  };
}

/** Millimetres along the normal of the slice, by which a series is sorted; null without position and orientation. */
export function slicePosition({ position, orientation }: FramePlace): number | null {
  if (position === null || orientation === null) return null;
  const [a, b, c, d, e, f] = orientation as [number, number, number, number, number, number];
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
  return position.reduce((sum, value, axis) => sum + value * normal[axis]!, 0);
}
