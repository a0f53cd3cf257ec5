import type { SearchMethod, SearchParameter, SearchSpace, TrialChoice } from '../contract/search.ts';

type Range = NonNullable<SearchSpace['parameters'][SearchParameter]>;

export const parameterWords: Record<SearchParameter, string> = {
  architecture: 'Architecture',
  head: 'Head',
  freeze: 'Frozen layers',
  optimiser: 'Optimiser',
  learningRate: 'Learning rate',
  weightDecay: 'Weight decay',
  schedule: 'Schedule',
  momentum: 'Momentum',
  batchSize: 'Batch',
  classWeights: 'Class weights',
  sampling: 'Sampling',
  labelSmoothing: 'Label smoothing',
  augmentationStrength: 'Augmentation',
};

export const methodWords: Record<SearchMethod, string> = {
  grid: 'grid',
  random: 'random',
  halving: 'asynchronous successive halving',
};

const valueNames: Record<string, string> = {
  vgg16: 'VGG-16',
  vgg19_bn: 'VGG-19-BN',
  adam: 'Adam',
  adamw: 'AdamW',
  sgd: 'SGD',
  oneCycle: 'one cycle',
  none: 'none',
};

/** A value as screens and reports say it: small numbers as powers of ten. */
export function valueWords(value: string | number | undefined): string {
  if (value === undefined) return '–';
  if (typeof value === 'string') return valueNames[value] ?? value;
  if (value === 0 || (Math.abs(value) >= 0.001 && Math.abs(value) < 100_000))
    return String(Number(value.toPrecision(3)));
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  const mantissa = Number((value / 10 ** exponent).toPrecision(3));
  return `${mantissa}·10${[...String(exponent)].map((sign) => superscripts[sign] ?? sign).join('')}`;
}

const superscripts: Record<string, string> = Object.fromEntries(
  [...'0123456789-'].map((sign, at) => [sign, [...'⁰¹²³⁴⁵⁶⁷⁸⁹⁻'][at]!]),
);

/** "10⁻⁵ … 10⁻³, logarithmic", "4, 8 or 16". */
export function rangeWords(range: Range): string {
  if (range.kind === 'choice') {
    const values = range.values.map((value) => valueWords(value));
    return values.length === 1 ? values[0]! : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
  }
  const scale = range.kind === 'logUniform' ? ', logarithmic' : '';
  return `${valueWords(range.low)} … ${valueWords(range.high)}${scale}`;
}

/** What is varied, in words. */
export function spaceWords(space: SearchSpace): { parameter: string; range: string }[] {
  return (Object.entries(space.parameters) as [SearchParameter, Range | undefined][]).flatMap(([name, range]) =>
    range === undefined ? [] : [{ parameter: parameterWords[name], range: rangeWords(range) }],
  );
}

/** "Learning rate 3·10⁻⁴, Batch 8". */
export function choiceWords(choice: TrialChoice): string {
  return (Object.entries(choice) as [SearchParameter, string | number][])
    .map(([name, value]) => `${parameterWords[name].toLowerCase()} ${valueWords(value)}`)
    .join(', ');
}
