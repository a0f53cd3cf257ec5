import { architectureSchema, type Architecture, type Head } from '../../../src-shared/contract/vocabulary.ts';
import { compareWeights, faultOf, type WeightsTable } from './load.ts';
import type { WeightsFile, WeightsFormat } from './open.ts';
import { openWeights } from './reader.ts';
import { asRefusal, type WeightsRefusalCode } from './refusal.ts';
import { countElements, isFloat } from './tensorTable.ts';

/** What a weights file is, for people and programs. */
export interface WeightsDescription {
  kind: 'weights';
  format: WeightsFormat;
  tensors: number;
  /** Numbers in all floating-point tensors together. */
  parameters: number;
  dtypes: string[];
  /** The network whose backbone it fills completely; null where it fits none. */
  architecture: Architecture | null;
  /** The head whose dense layers it has as well (all but the last); null for a backbone alone. */
  head: Head | null;
  /** For each network what stands in the way, at most ten. */
  problems: Record<Architecture, string[]>;
  notFinite: string[];
  normalisation: WeightsFile['normalisation'];
  notes: string[];
  sha256: string;
}

export type WeightsOutcome = WeightsDescription | { kind: 'rejected'; code: WeightsRefusalCode; reason: string };

const shownProblems = 10;

/** Reads the whole file, as training would, and says what it is or why it is refused. */
export async function inspectWeights(path: string): Promise<WeightsOutcome> {
  let file: WeightsFile | null = null;
  try {
    file = await openWeights(path);
    return await describe(file);
  } catch (error) {
    const { code, message } = asRefusal(error);
    return { kind: 'rejected', code, reason: message };
  } finally {
    await file?.close();
  }
}

async function describe(file: WeightsFile): Promise<WeightsDescription> {
  const faults = new Map<string, string>();
  let parameters = 0;
  for (const [name, { dtype, shape }] of file.tensors) {
    if (!isFloat(dtype)) continue;
    parameters += countElements(shape, name);
    const fault = faultOf(name, await file.read(name));
    if (fault !== null) faults.set(name, fault);
  }
  const problems = Object.fromEntries(
    architectureSchema.options.map((architecture) => [architecture, problemsFor(file, architecture, faults)]),
  ) as Record<Architecture, string[]>;
  const architecture = architectureSchema.options.find((one) => problems[one].length === 0) ?? null;
  return {
    kind: 'weights',
    format: file.format,
    tensors: file.tensors.size,
    parameters,
    dtypes: [...new Set([...file.tensors.values()].map(({ dtype }) => dtype))].sort(),
    architecture,
    head: architecture === null ? null : headOf(file),
    problems,
    notFinite: [...faults.keys()].filter((name) => faults.get(name)!.endsWith('finite')).slice(0, shownProblems),
    normalisation: file.normalisation,
    notes: [...file.notes],
    sha256: await file.sha256(),
  };
}

function problemsFor(file: WeightsTable, architecture: Architecture, faults: ReadonlyMap<string, string>): string[] {
  const { problems, matched } = compareWeights(file, { architecture, head: 'full', classes: 1000 });
  const all = [...problems, ...matched.flatMap(({ name }) => faults.get(name) ?? [])];
  return all.length > shownProblems ? [...all.slice(0, shownProblems), `and ${all.length - shownProblems} more`] : all;
}

/** The full head's hidden layers tell it; a compact head has one dense layer only. */
function headOf(file: WeightsTable): Head | null {
  if (file.tensors.has('classifier.0.weight') && file.tensors.has('classifier.3.weight')) return 'full';
  return file.tensors.has('classifier.weight') ? 'compact' : null;
}
