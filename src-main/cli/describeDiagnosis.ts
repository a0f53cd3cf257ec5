import type { BackendPreference, Diagnosis } from '../../src-shared/contract/runs.ts';

/** What `doctor` says to a person. */
export function describeDiagnosis(diagnosis: Diagnosis): string {
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;
  return [
    `Backend   ${diagnosis.backend}${diagnosis.libraryVersion ? ` (${diagnosis.libraryVersion})` : ''}`,
    `Chosen by ${describePreference(diagnosis.preference)}`,
    `Device    ${diagnosis.device ?? 'none'}`,
    `Memory    ${gigabytes(diagnosis.memory.totalBytes)}, ${gigabytes(diagnosis.memory.freeBytes)} free`,
    `Versions  ${Object.entries(diagnosis.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    ...diagnosis.refusals.map((refusal) => `Refused   ${refusal.backend}: ${refusal.reason}`),
  ].join('\n');
}

const decidedBy: Record<BackendPreference['from'], string> = {
  option: 'option --backend',
  environment: 'variable PARENCHYMA_BACKEND',
  settings: 'Settings → Engine',
};
const everyBackend = 'the first of all backends in their order that passes';

function describePreference(preference: BackendPreference | null): string {
  if (preference === null) return `self-test: ${everyBackend}`;
  const { backends, from } = preference;
  return `${decidedBy[from]}: ${backends.length === 0 ? `automatic, ${everyBackend} the self-test` : `only ${backends.join(', ')}`}`;
}
