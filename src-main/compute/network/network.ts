import { architectures } from '../../../models/index.ts';
import { batchNormalisationEpsilon, pooledEdge } from '../../../models/vgg.ts';
import type { Freeze, Precision } from '../../../src-shared/contract/training.ts';
import type { Random } from '../data/random.ts';
import { averagingMatrix } from './averaging.ts';
import { foldNormalisation } from './fold.ts';
import {
  averagingLayer,
  convolutionLayer,
  denseLayer,
  maxPoolingLayer,
  normalisationLayer,
  type ConvolutionVariables,
  type ProductUpdate,
  type TrainableLayer,
  type Update,
} from './layers.ts';
import {
  denseLayers,
  elementCount,
  tensorSpecifications,
  type NetworkDescription,
  type TensorSpecification,
} from './layout.ts';
import type { Operations, TrainingConvolutions, Variable } from './operations.ts';
import { fromTorch, toTorch } from './parameters.ts';
import { crossEntropy, type BatchLoss } from './softmax.ts';
import { variablesOf, type PreparedStages, type Stage } from './stages.ts';

export interface TrainingBatch<Tensor> {
  /** What the first trainable stage takes: pixels, or the frozen part's output. */
  input: Tensor;
  labels: readonly number[];
  /** Weight of each class in the loss. */
  classWeights: readonly number[];
  labelSmoothing?: number;
  /** Source of the dropout masks; null switches dropout off. */
  random: Random | null;
}

const dropoutRate = 0.5;

function mixedPrecisionOf<Tensor>(ops: Operations<Tensor>): TrainingConvolutions<Tensor> {
  if (ops.mixedPrecision === undefined) throw new Error('This engine has no mixed precision.');
  return ops.mixedPrecision;
}

export class Network<Tensor> {
  readonly description: NetworkDescription;
  /** Stages before this one are frozen. */
  readonly cut: number;
  private readonly ops: Operations<Tensor>;
  /** Those of training; inference is always in float32. */
  private readonly convolutions: TrainingConvolutions<Tensor>;
  private readonly variables = new Map<string, Variable<Tensor>>();
  private readonly specifications: TensorSpecification[];
  private readonly stages: Stage<Tensor>[];
  private dropoutSource: Random | null = null;
  private batchSize = 0;

  /** @param values gives each tensor's initial values in torch's layout */
  constructor(
    ops: Operations<Tensor>,
    description: NetworkDescription,
    options: { imageSize: number; freeze: Freeze; precision?: Precision },
    values: (specification: TensorSpecification) => Float32Array,
  ) {
    this.ops = ops;
    this.convolutions = options.precision === 'mixed' ? mixedPrecisionOf(ops) : ops;
    this.description = description;
    this.specifications = tensorSpecifications(description);
    for (const specification of this.specifications) {
      const initial = fromTorch(ops, specification, () => values(specification));
      this.variables.set(specification.name, ops.variable(initial));
    }
    const edge = Math.floor(options.imageSize / 32);
    this.stages = this.layOut(edge);
    this.cut = this.findCut(options.freeze, edge);
  }

  /** Makes `stages[from … to)` ready for inference: batch normalisation by its running statistics, folded into the filters. */
  prepare(part: 'frozen' | 'rest' | 'all'): PreparedStages<Tensor> {
    return this.prepareStages(
      this.stages.slice(part === 'rest' ? this.cut : 0, part === 'frozen' ? this.cut : undefined),
    );
  }

  /** The network cut behind the ReLU of its last convolution, for heat maps: that part made ready, and the stages that follow. */
  aroundLastConvolution(): { features: PreparedStages<Tensor>; head: readonly Stage<Tensor>[] } {
    const last = this.stages.findLastIndex((stage) => stage.kind === 'convolution');
    return { features: this.prepareStages(this.stages.slice(0, last + 1)), head: this.stages.slice(last + 1) };
  }

  private prepareStages(chosen: readonly Stage<Tensor>[]): PreparedStages<Tensor> {
    const { ops } = this;
    const prepared = chosen.map((stage) => this.prepareStage(stage));
    return {
      run(input) {
        let present = input;
        for (const { run } of prepared) {
          const next = run(present);
          if (present !== input) ops.dispose(present);
          present = next;
        }
        return present === input ? ops.reshape(input, ops.shape(input)) : present;
      },
      dispose: () => prepared.forEach((stage) => stage.dispose()),
    };
  }

  /**
   * One training step. Every layer's weights are updated as soon as their gradient is known, so that no more than one
   * layer's gradients are held. Where the loss is not finite nothing is updated.
   */
  train(
    batch: TrainingBatch<Tensor>,
    update: Update<Tensor>,
    updateByProduct: ProductUpdate<Tensor> | null = null,
  ): BatchLoss {
    const { ops } = this;
    this.dropoutSource = batch.random;
    this.batchSize = batch.labels.length;
    const layers = this.stages.slice(this.cut).flatMap((stage) => this.trainable(stage));
    const passes: { layer: TrainableLayer<Tensor>; input: Tensor; output: Tensor; saved: Tensor[] }[] = [];
    let present = batch.input;
    for (const layer of layers) {
      const { output, saved } = layer.forward(present);
      passes.push({ layer, input: present, output, saved });
      present = output;
    }
    const loss = crossEntropy(ops.download(present), batch.labels, batch.classWeights, batch.labelSmoothing);
    let gradient: Tensor | null = Number.isFinite(loss.weightedSum)
      ? ops.upload(loss.gradient, [batch.labels.length, this.description.classes])
      : null;
    for (const [index, { layer, input, output, saved }] of [...passes.entries()].reverse()) {
      if (gradient !== null) {
        const next = layer.backward({ input, output, saved, gradient, wantInput: index > 0, update, updateByProduct });
        ops.dispose(gradient);
        gradient = next;
      }
      ops.dispose(output, ...saved);
    }
    return loss;
  }

  /** Every tensor in torch's layout, in the order of the state dict; one at a time, since they are large. */
  *tensors(): Generator<{ specification: TensorSpecification; values: Float32Array }> {
    for (const specification of this.specifications) {
      const tensor = this.variables.get(specification.name)!.read();
      const values = toTorch(this.ops, specification, tensor);
      this.ops.dispose(tensor);
      yield { specification, values };
    }
  }

  /** What training changes, weights and running statistics behind the frozen part, under torch's names, in the engine's layout. */
  changing(): { name: string; variable: Variable<Tensor> }[] {
    const changing = new Set(this.stages.slice(this.cut).flatMap(variablesOf));
    return [...this.variables].flatMap(([name, variable]) => (changing.has(variable) ? [{ name, variable }] : []));
  }

  /** Shape of what `prepare('frozen')` gives for one image. */
  frozenShape(imageSize: number): number[] {
    let shape = [imageSize, imageSize, 3];
    for (const stage of this.stages.slice(0, this.cut)) {
      if (stage.kind === 'convolution') shape = [shape[0]!, shape[1]!, stage.variables.filter.shape[3]!];
      if (stage.kind === 'maxPooling') shape = [Math.floor(shape[0]! / 2), Math.floor(shape[1]! / 2), shape[2]!];
      if (stage.kind === 'averaging') {
        const places = stage.matrix === null ? shape[0]! * shape[1]! : this.ops.shape(stage.matrix)[0]!;
        shape = [places * shape[2]!];
      }
    }
    return shape;
  }

  get weightCount(): number {
    return this.specifications.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  }

  dispose(): void {
    this.variables.forEach((variable) => variable.dispose());
    for (const stage of this.stages) if (stage.kind === 'averaging') this.ops.dispose(stage.matrix);
  }

  private variable(name: string): Variable<Tensor> {
    const variable = this.variables.get(name);
    if (variable === undefined) throw new Error(`The network has no tensor ${name}.`);
    return variable;
  }

  private layOut(edge: number): Stage<Tensor>[] {
    const { architecture, head } = this.description;
    const backbone = architectures[architecture].backbone.map((layer): Stage<Tensor> => {
      if (layer.kind === 'maxPooling') return { kind: 'maxPooling' };
      const { name, normalisation } = layer;
      const variables: ConvolutionVariables<Tensor> = {
        name,
        filter: this.variable(`${name}.weight`),
        bias: this.variable(`${name}.bias`),
        normalisation:
          normalisation === null
            ? null
            : {
                name: normalisation,
                scale: this.variable(`${normalisation}.weight`),
                offset: this.variable(`${normalisation}.bias`),
                runningMean: this.variable(`${normalisation}.running_mean`),
                runningVariance: this.variable(`${normalisation}.running_var`),
              },
      };
      return { kind: 'convolution', variables };
    });
    const target = head === 'full' ? pooledEdge : 1;
    const matrix =
      edge === target ? null : this.ops.upload(averagingMatrix(edge, target), [target * target, edge * edge]);
    const dense = denseLayers(this.description).map(({ name, last }): Stage<Tensor> => ({
      kind: 'dense',
      relu: !last,
      variables: { name, weights: this.variable(`${name}.weight`), bias: this.variable(`${name}.bias`) },
    }));
    return [...backbone, { kind: 'averaging', matrix }, ...dense];
  }

  /** The frozen part takes in the steps without weights that follow it, except an averaging that would make it larger. */
  private findCut(freeze: Freeze, edge: number): number {
    if (freeze === 'none') return 0;
    const averaging = this.stages.findIndex((stage) => stage.kind === 'averaging');
    if (freeze === 'backbone') {
      return this.description.head === 'full' && edge < pooledEdge ? averaging : averaging + 1;
    }
    let convolutions = 0;
    for (const [index, stage] of this.stages.entries()) {
      if (stage.kind === 'dense' || stage.kind === 'averaging') return index;
      if (stage.kind !== 'convolution') continue;
      if (convolutions === freeze) return index;
      convolutions += 1;
    }
    return averaging;
  }

  private trainable(stage: Stage<Tensor>): TrainableLayer<Tensor>[] {
    const { ops } = this;
    if (stage.kind === 'maxPooling') return [maxPoolingLayer(ops)];
    if (stage.kind === 'averaging') return [averagingLayer(ops, stage.matrix)];
    if (stage.kind === 'dense') {
      return [denseLayer(ops, stage.variables, stage.relu, () => (stage.relu ? this.dropoutMask(stage) : null))];
    }
    const { normalisation } = stage.variables;
    const convolution = convolutionLayer(ops, this.convolutions, stage.variables, normalisation === null);
    return normalisation === null ? [convolution] : [convolution, normalisationLayer(ops, normalisation)];
  }

  private dropoutMask(stage: Stage<Tensor> & { kind: 'dense' }): Tensor | null {
    if (this.dropoutSource === null) return null;
    const random = this.dropoutSource;
    const shape = [this.batchSize, stage.variables.bias.shape[0]!];
    const mask = new Float32Array(elementCount(shape));
    for (let index = 0; index < mask.length; index += 1) {
      mask[index] = random.uniform() < dropoutRate ? 0 : 1 / (1 - dropoutRate);
    }
    return this.ops.upload(mask, shape);
  }

  private prepareStage(stage: Stage<Tensor>): PreparedStages<Tensor> {
    const { ops } = this;
    const nothing = () => undefined;
    if (stage.kind === 'maxPooling') return { run: (input) => ops.maxPoolOnly(input), dispose: nothing };
    if (stage.kind === 'averaging') {
      const layer = averagingLayer(ops, stage.matrix);
      return { run: (input) => layer.forward(input).output, dispose: nothing };
    }
    if (stage.kind === 'dense') {
      const held = [stage.variables.weights.read(), stage.variables.bias.read()] as const;
      return { run: (input) => ops.dense(input, ...held, stage.relu), dispose: () => ops.dispose(...held) };
    }
    const { filter, bias } = foldNormalisation(ops, stage.variables, batchNormalisationEpsilon);
    return ops.prepareConvolution(filter, bias, true);
  }
}
