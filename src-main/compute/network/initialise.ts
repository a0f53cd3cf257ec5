import { createRandom } from '../data/random.ts';
import { elementCount, type TensorSpecification } from './layout.ts';

/**
 * Random weights as torchvision's VGG draws them: convolutions Kaiming normal by fan-out for ReLU, dense layers normal with
 * deviation 0.01, biases 0, batch normalisation 1 and 0. Values are in torch's layout; each tensor has a sequence of its own.
 */
export function initialValues({ name, shape, kind, role }: TensorSpecification, seed: number): Float32Array {
  const values = new Float32Array(elementCount(shape));
  if (role === 'scale' || role === 'runningVariance') return values.fill(1);
  if (role !== 'weight') return values;
  const fanOut = shape[0]! * 9;
  const deviation = kind === 'filter' ? Math.sqrt(2 / fanOut) : 0.01;
  const random = createRandom(seed, `weights ${name}`);
  for (let index = 0; index < values.length; index += 1) values[index] = random.normal() * deviation;
  return values;
}
