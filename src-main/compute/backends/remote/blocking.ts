import { MessageChannel, receiveMessageOnPort, type MessagePort, type Worker } from 'node:worker_threads';
import type { Answer, Call } from './protocol.ts';
import type { PerformCall } from './client.ts';

/** Sent to the thread first: where calls come from, and the counter that says how many answers were given. */
export interface Connection {
  port: MessagePort;
  answered: Int32Array;
}

/** No single operation takes this long; a thread that is silent for so long has died. */
const patienceMilliseconds = 600_000;

/** The caller's end: a call blocks this thread, event loop and all, until the thread has answered. */
export function connectThread(worker: Worker): PerformCall {
  const { port1, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  worker.postMessage({ port: port2, answered } satisfies Connection, [port2]);
  port1.unref();
  return (call) => {
    const before = Atomics.load(answered, 0);
    port1.postMessage(call);
    if (!call.wanted) return undefined;
    if (Atomics.wait(answered, 0, before, patienceMilliseconds) === 'timed-out') {
      throw new Error('The thread that computes does not answer any more.');
    }
    const received = receiveMessageOnPort(port1);
    const answer = received?.message as Answer | undefined;
    if (answer === undefined) throw new Error('The thread that computes gave no answer.');
    if ('error' in answer) throw new Error(answer.error);
    return answer.value;
  };
}

/** The thread's end. An error in a call nobody waits for is told with the next answer. */
export function answerCalls({ port, answered }: Connection, perform: (call: Call) => Promise<Answer>): void {
  let unsaid: string | null = null;
  port.on('message', (call: Call) => {
    void perform(call).then((answer) => {
      if (!call.wanted) {
        if ('error' in answer) unsaid ??= answer.error;
        return;
      }
      const told: Answer = unsaid === null ? answer : { error: unsaid };
      unsaid = null;
      port.postMessage(
        told,
        'value' in told && told.value instanceof Float32Array ? [told.value.buffer as ArrayBuffer] : [],
      );
      Atomics.add(answered, 0, 1);
      Atomics.notify(answered, 0);
    });
  });
}
