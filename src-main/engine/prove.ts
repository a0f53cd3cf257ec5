import { z } from 'zod';
import { runCommand } from './command.ts';
import { lastLine } from './python.ts';
import { EngineRefusal } from './refusal.ts';

/**
 * Gradient of a 3×3 convolution by its filter, for the input 1 … 9 and an output gradient of ones, padding "SAME": each
 * number is the sum of the inputs that the filter's cell meets. Worked out by hand.
 */
const expected = [12, 21, 16, 27, 45, 33, 24, 39, 28];

/** Runs in a process of its own: a library that does not fit the machine ends that process, not this one. */
const program = `
const module_ = { exports: {} };
process.dlopen(module_, process.argv[1]);
const tf = module_.exports;
const input = tf.createTensor([1, 3, 3, 1], tf.TF_FLOAT, Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]));
const sizes = tf.createTensor([4], tf.TF_INT32, Int32Array.from([3, 3, 1, 1]));
const gradient = tf.createTensor([1, 3, 3, 1], tf.TF_FLOAT, new Float32Array(9).fill(1));
const attributes = [
  { name: 'T', type: tf.TF_ATTR_TYPE, value: tf.TF_FLOAT },
  { name: 'strides', type: tf.TF_ATTR_INT, value: [1, 1, 1, 1] },
  { name: 'padding', type: tf.TF_ATTR_STRING, value: 'SAME' },
  { name: 'data_format', type: tf.TF_ATTR_STRING, value: 'NHWC' },
  { name: 'use_cudnn_on_gpu', type: tf.TF_ATTR_BOOL, value: true },
];
const [output] = tf.executeOp('Conv2DBackpropFilter', attributes, [input, sizes, gradient], 1);
const values = Array.from(tf.tensorDataSync(output.id));
process.stdout.write(JSON.stringify({ version: tf.TF_Version, gpu: tf.isUsingGpuDevice(), values }));
`;

const answerSchema = z.object({ version: z.string(), gpu: z.boolean(), values: z.array(z.number()) });

/** Loads the engine in a child process and compares a convolution gradient with stored numbers. */
export async function proveEngine(binding: string, signal?: AbortSignal): Promise<{ version: string; gpu: boolean }> {
  const result = await runCommand(process.execPath, ['-e', program, binding], {
    signal,
    timeoutMilliseconds: 180_000,
    environment: { ...process.env, NODE_OPTIONS: '', ELECTRON_RUN_AS_NODE: '1', TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  signal?.throwIfAborted();
  const answer = answerSchema.safeParse(result.exitCode === 0 ? parseJson(result.output) : null);
  if (!answer.success) {
    throw new EngineRefusal(
      'PROOF_FAILED',
      `TensorFlow was installed but does not run on this machine: ${lastLine(result.errors) || 'the process that loaded it died'}. Its processor may lack AVX, or the system's C library may be too old (2.27 or newer is needed).`,
    );
  }
  const worst = Math.max(...expected.map((value, index) => Math.abs(value - (answer.data.values[index] ?? NaN))));
  if (!(worst < 1e-3)) {
    throw new EngineRefusal(
      'PROOF_FAILED',
      `TensorFlow computes a wrong convolution gradient on this machine (off by ${worst}); it is not used.`,
    );
  }
  return { version: answer.data.version, gpu: answer.data.gpu };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
