import { basename } from 'node:path';
import type { InputNormalisation } from '../../../models/vgg.ts';
import { JobFailure } from '../failure.ts';
import { tensorSpecifications, type NetworkDescription, type TensorSpecification } from '../network/layout.ts';
import type { WeightsFile } from './open.ts';
import { openWeights } from './reader.ts';
import { asRefusal } from './refusal.ts';
import { isFloat, type TensorFacts } from './tensorTable.ts';

export interface WeightsComparison {
  matched: TensorSpecification[];
  /** In words, one for each tensor that is missing, superfluous, of wrong shape or not finite. */
  problems: string[];
}

/** What a comparison needs of a file. */
export type WeightsTable = { tensors: ReadonlyMap<string, TensorFacts> };

const countersAreUnused = /\.num_batches_tracked$/;

/**
 * Compares a file's tensors with a network. The last layer may be missing or made for another number of classes: it is
 * then initialised anew. The dense layers may be missing or of the other head altogether.
 */
export function compareWeights(file: WeightsTable, description: NetworkDescription): WeightsComparison {
  const specifications = tensorSpecifications(description);
  const matched: TensorSpecification[] = [];
  const problems: string[] = [];
  // A file either has the hidden layers of the head, all of them, or has none.
  const hasHidden = specifications.some(
    ({ name, last }) => !last && name.startsWith('classifier') && file.tensors.has(name),
  );
  const isNeeded = ({ name, last }: TensorSpecification): boolean =>
    !name.startsWith('classifier') || (hasHidden && !last);
  for (const specification of specifications) {
    const entry = file.tensors.get(specification.name);
    if (entry === undefined) {
      if (isNeeded(specification)) problems.push(`${specification.name} is missing`);
    } else if (!isFloat(entry.dtype)) {
      problems.push(`${specification.name} holds ${entry.dtype}, not floating-point numbers`);
    } else if (entry.shape.join() !== specification.shape.join()) {
      if (!specification.last) {
        problems.push(
          `${specification.name} is [${entry.shape.join(', ')}], expected [${specification.shape.join(', ')}]`,
        );
      }
    } else {
      matched.push(specification);
    }
  }
  const known = new Set(specifications.map(({ name }) => name));
  for (const name of file.tensors.keys()) {
    // The other head's dense layers are of no use here and do no harm.
    if (known.has(name) || countersAreUnused.test(name) || name.startsWith('classifier')) continue;
    problems.push(`${shorten(name)} does not belong to ${description.architecture}`);
  }
  return { matched, problems };
}

/** Reads all tensors that fit; every value is checked. */
export async function readMatched(
  file: Pick<WeightsFile, 'read'>,
  comparison: WeightsComparison,
): Promise<Map<string, Float32Array>> {
  const values = new Map<string, Float32Array>();
  for (const { name } of comparison.matched) {
    const tensor = await file.read(name);
    const fault = faultOf(name, tensor);
    if (fault === null) values.set(name, tensor);
    else comparison.problems.push(fault);
  }
  return values;
}

/** What is wrong with the numbers of a tensor, in words; null where nothing is. */
export function faultOf(name: string, values: Float32Array): string | null {
  if (!allFinite(values)) return `${name} holds values that are not finite`;
  const negative = name.endsWith('.running_var') && values.some((value) => value < 0);
  return negative ? `${name} holds variances below 0` : null;
}

/** A loop, because there are a hundred million values and `every` takes five times as long. */
export function allFinite(values: Float32Array): boolean {
  for (let index = 0; index < values.length; index += 1) if (!Number.isFinite(values[index])) return false;
  return true;
}

/** The tensors with which a run starts, by name, and the file's hash. What is not in the table is initialised randomly. */
export async function loadInitialWeights(
  path: string,
  description: NetworkDescription,
): Promise<{ values: Map<string, Float32Array>; sha256: string; normalisation: InputNormalisation }> {
  const name = basename(path);
  return withWeights(path, async (file) => {
    const comparison = compareWeights(file, description);
    const values = comparison.problems.length === 0 ? await readMatched(file, comparison) : new Map();
    if (comparison.problems.length > 0) {
      const notes = file.notes.length > 0 ? ` ${file.notes.join(' ')}` : '';
      throw new JobFailure(
        'WEIGHTS_REFUSED',
        `${name} does not fit ${description.architecture}: ${listed(comparison.problems)}.${notes}`,
      );
    }
    return { values, sha256: await file.sha256(), normalisation: file.normalisation };
  });
}

/** Opens a file for as long as `use` takes; what refuses it is told with the file's name. */
export async function withWeights<Result>(path: string, use: (file: WeightsFile) => Promise<Result>): Promise<Result> {
  let file: WeightsFile | null = null;
  try {
    file = await openWeights(path);
    return await use(file);
  } catch (error) {
    if (error instanceof JobFailure) throw error;
    const refusal = asRefusal(error);
    throw new JobFailure('WEIGHTS_REFUSED', `${basename(path)} is not a usable weights file. ${refusal.message}`, {
      cause: error,
    });
  } finally {
    await file?.close();
  }
}

/** At most ten, so that a file of another network does not fill the screen. */
export function listed(problems: readonly string[]): string {
  const shown = problems.slice(0, 10).join('; ');
  return problems.length > 10 ? `${shown}; and ${problems.length - 10} more` : shown;
}

/** Names come from the file. */
function shorten(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}
