/** Who and what a file says it shows, for the overlay that a reader switches on. Nobody stores or logs this. */
import type { DataSet } from 'dicom-parser';
import type { PatientFacts } from '../../../src-shared/contract/viewer.ts';
import { code, text } from './attributes.ts';
import { tags } from './tags.ts';

export const nothingKnown: PatientFacts = {
  patientName: null,
  patientId: null,
  birthDate: null,
  sex: null,
  age: null,
  studyDate: null,
  studyDescription: null,
  seriesDescription: null,
  institution: null,
};

export function readPatientFacts(dataSet: DataSet): PatientFacts {
  return {
    patientName: personName(text(dataSet, tags.PatientName)),
    patientId: text(dataSet, tags.PatientId),
    birthDate: date(code(dataSet, tags.PatientBirthDate)),
    sex: code(dataSet, tags.PatientSex),
    age: age(code(dataSet, tags.PatientAge)),
    studyDate: date(code(dataSet, tags.StudyDate)),
    studyDescription: text(dataSet, tags.StudyDescription),
    seriesDescription: text(dataSet, tags.SeriesDescription),
    institution: text(dataSet, tags.InstitutionName),
  };
}

/** `Family^Given^Middle^Prefix^Suffix=ideographic=phonetic` (PS3.5 6.2.1) → "Family, Given Middle". */
export function personName(value: string | null): string | null {
  const [family = '', ...others] = (value?.split('=')[0] ?? '').split('^').map((part) => part.trim());
  const given = others
    .slice(0, 2)
    .filter((part) => part !== '')
    .join(' ');
  return [family, given].filter((part) => part !== '').join(', ') || null;
}

/** YYYYMMDD → YYYY-MM-DD; anything else as it stands. */
export function date(value: string | null): string | null {
  return value?.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3') ?? null;
}

/** 045Y → "45 y". */
export function age(value: string | null): string | null {
  const match = /^0*(\d+)([DWMY])$/.exec(value ?? '');
  return match ? `${match[1]} ${match[2]!.toLowerCase()}` : value;
}
