/** Worker of the benchmark: onnxruntime-node with the network as PyTorch exported it. Argument: the file. Same protocol as ours.ts. */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

interface Session {
  run(inputs: Record<string, unknown>): Promise<Record<string, { data: unknown }>>;
}
interface Runtime {
  Tensor: new (type: 'float32', values: Float32Array, shape: number[]) => unknown;
  InferenceSession: { create(path: string): Promise<Session> };
}

const runtime: Runtime = createRequire(import.meta.url)('onnxruntime-node');
const session = await runtime.InferenceSession.create(process.argv[2]!);
const shape = [8, 3, 224, 224];
const values = Float32Array.from({ length: 8 * 3 * 224 * 224 }, (_, index) => Math.sin(index));
const pixels = new runtime.Tensor('float32', values, shape);

for await (const line of createInterface({ input: process.stdin })) {
  const [part, steps] = line.split(' ') as [string, string];
  const started = performance.now();
  for (let done = 0; done < Number(steps) && part === 'forward'; done += 1) await session.run({ pixels });
  const seconds = (performance.now() - started) / 1000;
  console.log(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024 }));
}
