import type { Page } from 'playwright-core';

/** Calls a procedure of the host as the window would: `project/current`, `labelling/label`. */
export async function remoteCall(page: Page, procedure: string, input?: unknown): Promise<unknown> {
  return page.evaluate(
    async ([path, json]) => {
      const answer = await fetch(`/rpc/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(json === undefined ? {} : { json }),
      });
      const body = (await answer.json()) as { json: unknown };
      if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(body)}`);
      return body.json;
    },
    [procedure, input] as const,
  );
}
