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
const otherwise = /optim|sched|scaler|momentum|^state$|ema|history|args|config/i;
/** What wrappers put before the names (DataParallel, Lightning and the like). */
const wrappers = /^(?:module|model|net|network|backbone|_orig_mod)\./;

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
  collect(root, 0, usualNames.length, candidates, new Set());
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

function collect(value: PickleValue, depth: number, rank: number, into: Candidate[], seen: Set<PickleValue>): void {
  if (!(value instanceof Dictionary) || depth > deepest || seen.has(value)) return;
  seen.add(value);
  const tensors = new Map<string, TorchTensor>();
  for (const [key, entry] of value.entries) {
    if (entry instanceof TorchTensor && typeof key === 'string') tensors.set(key, entry);
  }
  if (tensors.size > 0) into.push({ tensors, depth, rank });
  for (const [key, entry] of value.entries) {
    const name = String(key);
    if (otherwise.test(name)) continue;
    const place = usualNames.indexOf(name);
    collect(entry, depth + 1, place < 0 ? rank : Math.min(rank, place), into, seen);
  }
}

/** Takes off a prefix that all names share, as often as there is one. */
function withoutWrappers(tensors: Map<string, TorchTensor>): Map<string, TorchTensor> {
  let present = tensors;
  for (let round = 0; round < deepest; round += 1) {
    const prefix = wrappers.exec([...present.keys()][0]!)?.[0];
    if (prefix === undefined || ![...present.keys()].every((name) => name.startsWith(prefix))) return present;
    present = new Map([...present].map(([name, tensor]) => [name.slice(prefix.length), tensor]));
  }
  return present;
}
