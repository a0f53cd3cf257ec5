import { ExpectedError, type ErrorCode } from '../../src-shared/contract/errors.ts';
import { ComputeFailure, type ComputeClient, type ComputeFailureCode } from '../engine/index.ts';

const codes: Partial<Record<ComputeFailureCode, ErrorCode>> = {
  CANCELLED: 'CANCELLED',
  BUSY: 'BUSY',
  WEIGHTS_REFUSED: 'WEIGHTS_REFUSED',
  NO_BACKEND: 'NO_BACKEND',
  DISK: 'PATH_NOT_WRITABLE',
  OUT_OF_MEMORY: 'OUT_OF_MEMORY',
  DIVERGED: 'DIVERGED',
  PROCESS_DIED: 'PROCESS_DIED',
};

const remedies: Partial<Record<ComputeFailureCode, string>> = {
  BUSY: 'Wait until the other work ends, or cancel it.',
  OUT_OF_MEMORY: 'Choose a smaller batch or image size, or the compact head.',
  WEIGHTS_REFUSED: 'Choose a weights file of this architecture, or none.',
  MODEL_REFUSED: 'Train the run again.',
  DIVERGED: 'Start again with the smaller learning rate, or look for one with the range test.',
  PRECISION_UNAVAILABLE: 'Choose precision float32.',
  DISK: 'Free some space and start again.',
  PROCESS_DIED: 'Go on with it where it stood, or start again.',
  NO_BACKEND: 'Run `parenchyma doctor` to see what is missing and how to get it.',
};

/** The compute client whose failures are the program's own expected errors. */
export function expectCompute(
  client: ComputeClient,
): Pick<ComputeClient, 'status' | 'train' | 'rangeTest' | 'predict' | 'explain'> {
  const expected = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof ComputeFailure)) throw error;
      const code = codes[error.code] ?? 'COMPUTE_FAILED';
      throw new ExpectedError(
        { code, message: error.message, kept: error.kept, remedy: remedies[error.code] ?? 'Start again.' },
        { cause: error },
      );
    }
  };
  return {
    status: () => expected(client.status()),
    train: (...job) => expected(client.train(...job)),
    rangeTest: (...job) => expected(client.rangeTest(...job)),
    predict: (...job) => expected(client.predict(...job)),
    explain: (...job) => expected(client.explain(...job)),
  };
}
