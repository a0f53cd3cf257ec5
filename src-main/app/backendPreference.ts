import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { BackendPreference } from '../../src-shared/contract/runs.ts';
import { backendNameSchema, type BackendName } from '../../src-shared/contract/vocabulary.ts';

/** Variable that names the only backends to try, one or several with commas between, in their order. */
export const backendVariable = 'PARENCHYMA_BACKEND';

/** What somebody decided about the backend: the environment (and the command line, which sets it) before the settings. */
export function backendPreference(
  environment: NodeJS.ProcessEnv,
  setting: BackendName | null,
): BackendPreference | null {
  const named = (environment[backendVariable] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const wanted = named.filter((name) => name !== '' && name !== 'automatic');
  if (wanted.length === 0) return setting === null ? null : { backends: [setting], from: 'settings' };
  const backends = wanted.map((name) => {
    const parsed = backendNameSchema.safeParse(name);
    if (parsed.success) return parsed.data;
    throw new ExpectedError({
      code: 'INVALID_INPUT',
      message: `“${name}” is no backend.`,
      remedy: `Use one of ${backendNameSchema.options.join(', ')} (option --backend, variable ${backendVariable}), or automatic.`,
    });
  });
  return { backends: [...new Set(backends)], from: 'environment' };
}
