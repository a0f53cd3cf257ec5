import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { JobFailure } from '../../failure.ts';
import { CheckpointDamage, openCheckpointFile, writeCheckpointFile, type CheckpointReader } from './file.ts';
import { trainingStateSchema, type TrainingState } from './state.ts';

/** How many checkpoints are kept: when the newest is damaged there are two before it. */
export const generations = 3;

const folderName = 'checkpoints';
const suffix = '.checkpoint';

export interface FoundCheckpoint {
  name: string;
  state: TrainingState;
  reader: CheckpointReader;
}

/** The checkpoints of one run, numbered in the order in which they were written. */
export function checkpointFolder(runDirectory: string) {
  const directory = join(runDirectory, folderName);

  /** Newest first. */
  const numbers = async (): Promise<number[]> => {
    const names = await readdir(directory).catch(() => []);
    return names
      .filter((name) => name.endsWith(suffix))
      .map((name) => Number.parseInt(name, 10))
      .filter((number) => Number.isInteger(number))
      .sort((first, second) => second - first);
  };
  const pathOf = (number: number) => join(directory, `${String(number).padStart(6, '0')}${suffix}`);

  return {
    /** Writes the next one and lets the oldest go, which is done only when the new one is durable. */
    async write(state: TrainingState, tensors: Iterable<Float32Array>): Promise<void> {
      try {
        await mkdir(directory, { recursive: true });
        const existing = await numbers();
        await writeCheckpointFile(pathOf((existing[0] ?? 0) + 1), state, tensors);
        for (const number of existing.slice(generations - 1)) await rm(pathOf(number), { force: true });
      } catch (error) {
        if (error instanceof JobFailure) throw error;
        const message = error instanceof Error ? error.message : String(error);
        throw new JobFailure('DISK', `A checkpoint could not be written: ${message}`, { cause: error });
      }
    },

    /**
     * The newest sound checkpoint of this identity whose kept model is there, and in words what is wrong with those after it. The
     * caller closes its reader.
     *
     * @param lacks says what a state needs beside its file that is not there; null where nothing is missing
     */
    async newestSound(
      identity: string,
      lacks: (state: TrainingState) => string | null,
    ): Promise<{ found: FoundCheckpoint | null; refused: string[] }> {
      const refused: string[] = [];
      for (const number of await numbers()) {
        const path = pathOf(number);
        const opened = await openCheckpointFile(path).catch(damageOf);
        if (typeof opened === 'string') {
          refused.push(`checkpoint ${number} is damaged (${opened})`);
          continue;
        }
        const state = trainingStateSchema.safeParse(opened.state);
        const problem = !state.success
          ? 'is damaged (its state is not one of this version)'
          : state.data.identity !== identity
            ? 'belongs to another run or configuration'
            : lacks(state.data);
        if (problem === null && state.success)
          return { found: { name: String(number), state: state.data, reader: opened }, refused };
        await opened.close();
        refused.push(`checkpoint ${number} ${problem}`);
      }
      return { found: null, refused };
    },

    /** What a process that was killed left half written. */
    async removeDrafts(): Promise<void> {
      const names = await readdir(directory).catch(() => []);
      for (const name of names) if (name.endsWith('.tmp')) await rm(join(directory, name), { force: true });
    },

    /** Only the newest, once the training has ended: it is what an extension goes on from. */
    async keepNewest(): Promise<void> {
      for (const number of (await numbers()).slice(1)) await rm(pathOf(number), { force: true });
    },

    /** All of them, where a training starts anew. */
    async clear(): Promise<void> {
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function damageOf(error: unknown): string {
  if (error instanceof CheckpointDamage) return error.message;
  return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
