import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { BackendPreference } from '../../src-shared/contract/runs.ts';
import { backendNameSchema, type BackendName } from '../../src-shared/contract/vocabulary.ts';

/** Variable that names the only backends to try, one or several with commas between, in their order. */
const backendVariable = 'PARENCHYMA_BACKEND';

/** Where the command line keeps its option --backend, so that the processes it starts heed it too. */
export const backendOptionVariable = 'PARENCHYMA_BACKEND_OPTION';

/** What somebody decided about the backend: the option before the variable before the settings; null where nobody did. */
export function backendPreference(
  environment: NodeJS.ProcessEnv,
  setting: BackendName | null,
): BackendPreference | null {
  const option = namedBackends(environment[backendOptionVariable], 'option --backend');
  if (option !== null) return { backends: option, from: 'option' };
  const variable = namedBackends(environment[backendVariable], `variable ${backendVariable}`);
  if (variable !== null) return { backends: variable, from: 'environment' };
  return setting === null ? null : { backends: [setting], from: 'settings' };
}

/** What the compute process is told: the only backends to try, or null for the best that works. */
export const backendsToTry = (preference: BackendPreference | null): BackendName[] | null =>
  preference === null || preference.backends.length === 0 ? null : preference.backends;

/** Null where nothing is written; `automatic` names none. */
function namedBackends(text: string | undefined, where: string): BackendName[] | null {
  const names = (text ?? '').split(',').map((name) => name.trim().toLowerCase());
  const written = names.filter((name) => name !== '');
  if (written.length === 0) return null;
  const backends = written.flatMap((name) => {
    if (name === 'automatic') return [];
    const parsed = backendNameSchema.safeParse(name);
    if (parsed.success) return [parsed.data];
    throw new ExpectedError({
      code: 'INVALID_INPUT',
      message: `“${name}” is no backend.`,
      remedy: `Use one of ${backendNameSchema.options.join(', ')}, or automatic (${where}).`,
    });
  });
  return [...new Set(backends)];
}
