import { appendFileSync } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { ExpectedError } from '../../../src-shared/contract/errors.ts';
import {
  trialEventSchema,
  trialFileSchema,
  trialOrderSchema,
  type TrialEvent,
  type TrialFile,
  type TrialOrder,
} from '../../../src-shared/contract/search.ts';
import { writeFileAtomic } from '../../platform/files.ts';

const trialName = 'trial.json';
const orderName = 'order.json';
const eventsName = 'events.jsonl';

export const writeTrial = (directory: string, trial: TrialFile): Promise<void> =>
  writeFileAtomic(join(directory, trialName), `${JSON.stringify(trialFileSchema.parse(trial))}\n`);
export const readTrial = (directory: string): Promise<TrialFile> => readJson(directory, trialName, trialFileSchema);
export const writeOrder = (directory: string, order: TrialOrder): Promise<void> =>
  writeFileAtomic(join(directory, orderName), `${JSON.stringify(order)}\n`);
export const readOrder = (directory: string): Promise<TrialOrder> => readJson(directory, orderName, trialOrderSchema);

/** Appends one line in one write, so that lines never mix. */
export function appendEvent(directory: string, event: TrialEvent): void {
  appendFileSync(join(directory, eventsName), `${JSON.stringify(event)}\n`);
}

/**
 * Follows a trial's `events.jsonl` from its beginning. `read` gives the lines that are complete since the last call; a line that is no
 * event (a worker that died while it wrote, followed by the next one) is left out.
 */
export function followEvents(directory: string): { read(): Promise<TrialEvent[]> } {
  let offset = 0;
  let rest = Buffer.alloc(0);
  return {
    async read() {
      const added = await readFrom(join(directory, eventsName), offset);
      offset += added.length;
      const text = Buffer.concat([rest, added]);
      const end = text.lastIndexOf(10) + 1;
      rest = text.subarray(end);
      return text.subarray(0, end).toString('utf8').split('\n').flatMap(parseEvent);
    },
  };
}

function parseEvent(line: string): TrialEvent[] {
  if (line === '') return [];
  try {
    const event = trialEventSchema.safeParse(JSON.parse(line));
    return event.success ? [event.data] : [];
  } catch {
    return [];
  }
}

/** Bytes of a file from `offset` on; none where the file is not there yet. */
async function readFrom(path: string, offset: number): Promise<Buffer> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const { size } = await file.stat();
    if (size <= offset) return Buffer.alloc(0);
    const buffer = Buffer.alloc(size - offset);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function readJson<Schema extends z.ZodType>(
  directory: string,
  name: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const refuse = (why: string, cause: unknown) =>
    new ExpectedError(
      {
        code: 'INVALID_INPUT',
        message: `${join(directory, name)} ${why}.`,
        remedy: 'Give the folder of a trial, as a search makes it below searches/ of its project.',
      },
      { cause },
    );
  let text: string;
  try {
    text = await readFile(join(directory, name), 'utf8');
  } catch (cause) {
    throw refuse('cannot be read', cause);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw refuse('is not what this version of the program writes', cause);
  }
}
