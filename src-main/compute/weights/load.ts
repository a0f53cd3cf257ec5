import { basename } from 'node:path';
import { tensorSpecifications, type NetworkDescription, type TensorSpecification } from '../network/layout.ts';
import { JobFailure } from '../failure.ts';
import { openSafetensors, SafetensorsRefusal, type SafetensorsFile } from './safetensors.ts';

export interface WeightsComparison {
  matched: TensorSpecification[];
  /** In words, one for each tensor that is missing, superfluous, of wrong shape or not finite. */
  problems: string[];
}

const countersAreUnused = /\.num_batches_tracked$/;

/**
 * Compares a file's tensors with a network. The last layer may be missing or made for another number of classes: it is
 * then initialised anew. The dense layers may be missing or of the other head altogether.
 */
export function compareWeights(file: SafetensorsFile, description: NetworkDescription): WeightsComparison {
  const specifications = tensorSpecifications(description);
  const matched: TensorSpecification[] = [];
  const problems: string[] = [];
  for (const specification of specifications) {
    const entry = file.tensors.get(specification.name);
    const headTensor = specification.name.startsWith('classifier');
    if (entry === undefined) {
      if (!headTensor) problems.push(`${specification.name} is missing`);
    } else if (!['F32', 'F64', 'F16', 'BF16'].includes(entry.dtype)) {
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
    problems.push(`${name} does not belong to ${description.architecture}`);
  }
  return { matched, problems };
}

/** Reads all tensors that fit; every value is checked to be finite. */
export async function readMatched(
  file: SafetensorsFile,
  comparison: WeightsComparison,
): Promise<Map<string, Float32Array>> {
  const values = new Map<string, Float32Array>();
  for (const { name } of comparison.matched) {
    const tensor = await file.read(name);
    if (tensor.every(Number.isFinite)) values.set(name, tensor);
    else comparison.problems.push(`${name} holds values that are not finite`);
  }
  return values;
}

export async function openWeights(path: string): Promise<SafetensorsFile> {
  try {
    return await openSafetensors(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof SafetensorsRefusal) {
      const advice = /\.(pth|pt|h5|bin)$/i.test(path)
        ? ' Only .safetensors files are read; convert the file first.'
        : '';
      throw new JobFailure(
        'WEIGHTS_REFUSED',
        `${basename(path)} is not a usable safetensors file. ${reason}${advice}`,
        {
          cause: error,
        },
      );
    }
    throw new JobFailure('WEIGHTS_REFUSED', `The weights file ${basename(path)} could not be opened: ${reason}`, {
      cause: error,
    });
  }
}

/** The tensors with which a run starts, by name, and the file's hash. What is not in the table is initialised randomly. */
export async function loadInitialWeights(
  path: string,
  description: NetworkDescription,
): Promise<{ values: Map<string, Float32Array>; sha256: string }> {
  const file = await openWeights(path);
  try {
    const comparison = compareWeights(file, description);
    const values = comparison.problems.length === 0 ? await readMatched(file, comparison) : new Map();
    if (comparison.problems.length > 0) {
      throw new JobFailure(
        'WEIGHTS_REFUSED',
        `${basename(path)} does not fit ${description.architecture}: ${listed(comparison.problems)}.`,
      );
    }
    return { values, sha256: await file.sha256() };
  } finally {
    await file.close();
  }
}

function listed(problems: string[]): string {
  const shown = problems.slice(0, 10).join('; ');
  return problems.length > 10 ? `${shown}; and ${problems.length - 10} more` : shown;
}
