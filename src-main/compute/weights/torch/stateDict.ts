import { limits } from '../limits.ts';
import { tooLarge, WeightsRefusal } from '../refusal.ts';
import { Dictionary, NamedThing, TorchTensor, type PickleValue } from './pickleValues.ts';

/** Where checkpoints keep the model, best guess first. */
const usualNames = [
  'state_dict',
  'model_state_dict',
  'model_state',
  'model',
  'net',
  'network',
  'module',
  'weights',
  'params',
];
/** Copies of the weights that an optimiser keeps are no weights. */
const neverWeights = /optim|sched|scaler|momentum/i;
/** Looked into only where nothing else holds tensors. */
const seldomWeights = /^state$|ema|history|args|config/i;
/** What wrappers put before the names (DataParallel, Lightning and the like). */
const wrappers = /^(?:module|model|base_model|net|network|backbone|encoder|vgg\w*|_orig_mod)\./;

/** Dictionaries looked at, and how deep inside one another. */
const deepest = 5;

interface Candidate {
  tensors: Map<string, TorchTensor>;
  depth: number;
  /** Smaller is better. */
  rank: number;
}

/** The state dict in whatever a checkpoint holds: the one under the usual name, else the one with the most tensors. */
export function findStateDict(root: PickleValue): Map<string, TorchTensor> {
  if (root instanceof TorchTensor) throw new WeightsRefusal('NO_WEIGHTS', 'It holds a single tensor, no state dict.');
  const candidates: Candidate[] = [];
  collect(root, { depth: 0, rank: usualNames.length, seldom: false }, candidates, new Set());
  if (candidates.length === 0)
    collect(root, { depth: 0, rank: usualNames.length, seldom: true }, candidates, new Set());
  const [best] = candidates.sort((a, b) => a.rank - b.rank || b.tensors.size - a.tensors.size || a.depth - b.depth);
  if (best === undefined) {
    const words =
      root instanceof NamedThing
        ? 'a name'
        : root instanceof Dictionary
          ? 'a dictionary without tensors'
          : 'no dictionary';
    throw new WeightsRefusal('NO_WEIGHTS', `It holds ${words}: there is no state dict in it.`);
  }
  if (best.tensors.size > limits.tensors) throw tooLarge(`It names more than ${limits.tensors} tensors.`);
  return withoutWrappers(best.tensors);
}

function collect(
  value: PickleValue,
  { depth, rank, seldom }: { depth: number; rank: number; seldom: boolean },
  into: Candidate[],
  seen: Set<PickleValue>,
): void {
  if (!(value instanceof Dictionary) || depth > deepest || seen.has(value)) return;
  seen.add(value);
  const tensors = new Map<string, TorchTensor>();
  for (const [key, entry] of value.entries) {
    if (entry instanceof TorchTensor && typeof key === 'string') tensors.set(key, entry);
  }
  if (tensors.size > 0) into.push({ tensors, depth, rank });
  for (const [key, entry] of value.entries) {
    const name = typeof key === 'string' ? key : '';
    if (neverWeights.test(name) || (!seldom && seldomWeights.test(name))) continue;
    const place = usualNames.indexOf(name);
    collect(entry, { depth: depth + 1, rank: place < 0 ? rank : Math.min(rank, place), seldom }, into, seen);
  }
}

/** What `model.features.state_dict()` names its tensors. */
const inFeatures = /^\d+\.(?:weight|bias|running_mean|running_var|num_batches_tracked)$/;

/** Takes off a prefix that all names share, as often as there is one; puts `features.` before names that lack it. */
export function withoutWrappers<Tensor>(tensors: Map<string, Tensor>): Map<string, Tensor> {
  let present = tensors;
  for (let round = 0; round < deepest; round += 1) {
    const prefix = wrappers.exec([...present.keys()][0] ?? '')?.[0];
    if (prefix === undefined || ![...present.keys()].every((name) => name.startsWith(prefix))) break;
    present = new Map([...present].map(([name, tensor]) => [name.slice(prefix.length), tensor]));
  }
  const bare = [...present.keys()].every((name) => inFeatures.test(name));
  return bare ? new Map([...present].map(([name, tensor]) => [`features.${name}`, tensor])) : present;
}
