import { averagingLayer } from '../network/layers.ts';
import type { Stage } from '../network/stages.ts';
import type { Operations } from '../network/operations.ts';

/** One step behind the last pooling; its backward pass gives the input's gradient and nothing else. */
interface HeadStep<Tensor> {
  forward(input: Tensor): { output: Tensor; saved: Tensor[] };
  backward(pass: { input: Tensor; output: Tensor; saved: Tensor[]; gradient: Tensor }): Tensor;
  dispose(): void;
}

export interface HeadPass<Tensor> {
  /** `[batch, classes]` */
  logits: Tensor;
  /** Gradient at the last pooling's output for a gradient at the logits, which stays the caller's. */
  gradientAtPooled(atLogits: Tensor): Tensor;
  dispose(): void;
}

export interface Head<Tensor> {
  /** @param features the last convolution's ReLU output; stays the caller's */
  run(features: Tensor): HeadPass<Tensor>;
  dispose(): void;
}

/**
 * The stages behind the last convolution, without dropout, made ready to be differentiated by the output of their first, the
 * last pooling.
 */
export function differentiableHead<Tensor>(ops: Operations<Tensor>, stages: readonly Stage<Tensor>[]): Head<Tensor> {
  const [pooling, ...others] = stages;
  if (pooling?.kind !== 'maxPooling') throw new Error('Max pooling is expected behind the last convolution.');
  const steps = others.map((stage) => headStep(ops, stage));
  return {
    run(features) {
      const pooled = ops.maxPoolOnly(features);
      const passes: { step: HeadStep<Tensor>; input: Tensor; output: Tensor; saved: Tensor[] }[] = [];
      let present = pooled;
      for (const step of steps) {
        const { output, saved } = step.forward(present);
        passes.push({ step, input: present, output, saved });
        present = output;
      }
      return {
        logits: present,
        gradientAtPooled(atLogits) {
          let gradient = atLogits;
          for (const { step, ...pass } of [...passes].reverse()) {
            const next = step.backward({ ...pass, gradient });
            if (gradient !== atLogits) ops.dispose(gradient);
            gradient = next;
          }
          return gradient;
        },
        dispose() {
          passes.forEach(({ output, saved }) => ops.dispose(output, ...saved));
          ops.dispose(pooled);
        },
      };
    },
    dispose: () => steps.forEach((step) => step.dispose()),
  };
}

function headStep<Tensor>(ops: Operations<Tensor>, stage: Stage<Tensor>): HeadStep<Tensor> {
  if (stage.kind === 'averaging') {
    const layer = averagingLayer(ops, stage.matrix);
    return {
      forward: (input) => layer.forward(input),
      backward: (pass) => layer.backward({ ...pass, wantInput: true, update: () => undefined, updateByProduct: null })!,
      dispose: () => undefined,
    };
  }
  if (stage.kind !== 'dense') throw new Error(`A stage of kind ${stage.kind} is not expected in a head.`);
  const weights = stage.variables.weights.read();
  const bias = stage.variables.bias.read();
  return {
    forward: (input) => ({ output: ops.dense(input, weights, bias, stage.relu), saved: [] }),
    backward({ output, gradient }) {
      const slope = stage.relu ? ops.reluGradient(gradient, output) : gradient;
      const result = ops.denseInputGradient(weights, slope);
      if (stage.relu) ops.dispose(slope);
      return result;
    },
    dispose: () => ops.dispose(weights, bias),
  };
}
