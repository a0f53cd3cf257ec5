import { kerasNormalisation } from '../../../../models/keras.ts';
import { imagenetNormalisation, type InputNormalisation } from '../../../../models/vgg.ts';
import { WeightsRefusal } from '../refusal.ts';
import type { TensorFacts } from '../tensorTable.ts';
import { convert, convertedShape } from './layout.ts';
import { nameTensors } from './names.ts';
import type { RawTensors } from './rawTensors.ts';

export interface ConvertedTensors {
  tensors: Map<string, TensorFacts>;
  normalisation: InputNormalisation;
  notes: string[];
  read(name: string): Promise<Float32Array<ArrayBuffer>>;
}

const kerasNote =
  "Keras's weights: the first filters are turned from BGR to RGB, and inputs are normalised as Keras does it (0 to 255, means subtracted).";
const vgg19Note =
  "This is Keras's VGG-19, which has no batch normalisation; of the networks here only VGG-16 has none, and it has three convolutions fewer.";

/** Tensors of a Keras or TF.js file under torchvision's names and in torch's layout. */
export function convertTensors(raw: RawTensors, own: InputNormalisation | null): ConvertedTensors {
  if (raw.tensors.size === 0) throw new WeightsRefusal('NO_WEIGHTS', 'It holds no weights.');
  const { named, origin, convolutions } = nameTensors(raw);
  const byName = new Map(named.map((one) => [one.name, one]));
  const notes = origin === 'keras' ? [kerasNote] : [];
  if (origin === 'keras' && convolutions === 16) notes.push(vgg19Note);
  return {
    tensors: new Map(
      named.map(({ name, path, conversion }) => {
        const { dtype, shape } = raw.tensors.get(path)!;
        return [name, { dtype, shape: convertedShape(shape, conversion) }];
      }),
    ),
    normalisation: origin === 'keras' ? kerasNormalisation : (own ?? imagenetNormalisation),
    notes,
    async read(name) {
      const { path, conversion } = byName.get(name)!;
      return convert(await raw.read(path), raw.tensors.get(path)!.shape, conversion);
    },
  };
}
