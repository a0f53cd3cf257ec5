import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { Finding } from '../../src-shared/contract/findings.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import type { ProjectSession } from '../app/session.ts';
import type { Output } from './output.ts';

export type CheckedSession = Pick<ProjectSession, 'preflight' | 'check' | 'findings'>;

/** What is said before a training begins: it goes into the line of its start. */
export interface SaidBefore {
  warnings: string[];
  /** Findings that nobody has decided on: the test set stays closed until then. */
  findings: Pick<Finding, 'id' | 'code' | 'message'>[];
}

/** Checks the data and the configuration and says what was found; nothing of it keeps the training from beginning. */
export async function sayBeforeTraining(
  session: CheckedSession,
  configuration: RunConfiguration,
  output: Output,
  signal: AbortSignal,
): Promise<SaidBefore> {
  await session.check(output.context(signal)).catch((error: unknown) => {
    if (signal.aborted || !(error instanceof ExpectedError)) throw error;
    output.say(`Note: the data could not be checked: ${error.message}`);
  });
  const open = session.findings().findings.filter(({ state }) => state === 'open');
  for (const { message } of open) output.say(`Finding: ${message}`);
  if (open.length > 0) {
    output.say('The test set stays closed until each finding is resolved or accepted: parenchyma findings PROJECT');
  }
  const { problems } = await session.preflight(configuration);
  const said = problems.filter(
    ({ severity, message }) => severity === 'careful' && !open.some((finding) => finding.message === message),
  );
  for (const { message } of said) output.say(`Note: ${message}`);
  return {
    warnings: said.map(({ message }) => message),
    findings: open.map(({ id, code, message }) => ({ id, code, message })),
  };
}
