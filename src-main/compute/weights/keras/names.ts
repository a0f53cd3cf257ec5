import { flattenedRows, type Conversion } from './layout.ts';
import type { RawTensors } from './rawTensors.ts';

export interface NamedTensor {
  /** torchvision's name. */
  name: string;
  /** Path in the file. */
  path: string;
  conversion: Conversion;
}

export interface NamedTensors {
  named: NamedTensor[];
  /** Whose network it is: Keras's own, or one exported by this program, whose names are torchvision's. */
  origin: 'keras' | 'export' | 'unknown';
  convolutions: number;
}

/** Convolutions of each block of keras.applications' vgg16.py and vgg19.py. */
const blocks = { 13: [2, 2, 3, 3, 3], 16: [2, 2, 4, 4, 4] } as const;

const batchNormalisation: Readonly<Record<string, string>> = {
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

/**
 * Finds VGG's tensors by the names that Keras gives its layers: `block1_conv1`, `fc1` and the like in files by layer name (old
 * and new spellings of the variables), `conv2d_3/vars/0` in Keras 3's `.weights.h5`; or by those of this program's own export.
 */
export function nameTensors({ tensors }: RawTensors): NamedTensors {
  const paths = [...tensors.keys()].filter((path) => tensors.get(path)!.shape.length > 0);
  const places = paths.flatMap((path) => {
    const place = placeOf(path, tensors.get(path)!.shape.length);
    return place === null ? [] : [{ path, ...place }];
  });
  const convolutions = new Set(places.filter(({ layer }) => /^conv/.test(layer)).map(({ layer }) => layer)).size;
  const exported = places.some(({ layer }) => /^(features|classifier)/.test(layer));
  const torchName = exported ? exportedName : (layer: string) => kerasName(layer, convolutions);
  const named = places.flatMap(({ path, layer, variable }) => {
    const prefix = torchName(layer);
    if (prefix === null) return [];
    const conversion = conversionOf(variable, tensors.get(path)!.shape, { exported, first: prefix === 'features.0' });
    return [
      {
        name: `${prefix}.${variable === 'kernel' ? 'weight' : (batchNormalisation[variable] ?? variable)}`,
        path,
        conversion,
      },
    ];
  });
  const origin = exported ? 'export' : named.length > 0 ? 'keras' : 'unknown';
  return { named: origin === 'unknown' ? paths.map(unnamed) : named, origin, convolutions };
}

function unnamed(path: string): NamedTensor {
  return { name: path, path, conversion: { kind: 'same' } };
}

/** Exports of this program have torch's order of channels and of the flattened places already. */
function conversionOf(
  variable: string,
  shape: readonly number[],
  { exported, first }: { exported: boolean; first: boolean },
): Conversion {
  if (variable !== 'kernel') return { kind: 'same' };
  if (shape.length === 4) return { kind: 'filter', reversed: first && !exported };
  return shape[0] === flattenedRows && !exported ? { kind: 'flattened', places: 49 } : { kind: 'dense' };
}

/** The layer and the variable that a path speaks of; null where it is none of VGG's. */
function placeOf(path: string, axes: number): { layer: string; variable: string } | null {
  const parts = path.split('/').map((part) => part.replace(/:\d+$/, ''));
  const numbered = /(?:^|\/)((?:conv2d|dense)(?:_\d+)?)\/vars\/([01])$/.exec(path);
  if (numbered) {
    const [kind, number] = numbered[1]!.split('_') as [string, string | undefined];
    const layer = kind === 'conv2d' ? `conv ${number ?? 0}` : `dense ${number ?? 0}`;
    return { layer, variable: numbered[2] === '0' ? 'kernel' : 'bias' };
  }
  const known = parts.findLast((part) =>
    /^(block\d_conv\d|fc[12]|predictions|features_\d+|classifier(_\d+)?)$/.test(part),
  );
  if (known === undefined) return null;
  const last = parts.at(-1)!;
  const variable = Object.hasOwn(batchNormalisation, last) ? last : axes > 1 ? 'kernel' : 'bias';
  return { layer: known.startsWith('block') ? `conv ${known}` : known, variable };
}

function exportedName(layer: string): string | null {
  return /^(features|classifier)(_\d+)?$/.test(layer) ? layer.replace('_', '.') : null;
}

/** Layers of torchvision count every module: convolution, ReLU and pooling. */
function kerasName(layer: string, convolutions: number): string | null {
  const dense = { fc1: 0, fc2: 3, predictions: 6, 'dense 0': 0, 'dense 1': 3, 'dense 2': 6 }[layer];
  if (dense !== undefined) return `classifier.${dense}`;
  const layout = convolutions === 16 ? blocks[16] : blocks[13];
  const named = /^conv block(\d)_conv(\d)$/.exec(layer);
  const numbered = /^conv (\d+)$/.exec(layer);
  let index = numbered ? Number(numbered[1]) : -1;
  if (named) {
    const [block, place] = [Number(named[1]) - 1, Number(named[2]) - 1];
    if (block >= layout.length || place >= layout[block]!) return null;
    index = layout.slice(0, block).reduce<number>((sum, one) => sum + one, 0) + place;
  }
  if (index < 0) return null;
  let block = 0;
  let before = 0;
  while (block < layout.length && index >= before + layout[block]!) before += layout[block++]!;
  return block < layout.length ? `features.${2 * index + block}` : null;
}
