import axe from 'axe-core';
import { expect, type Page } from '@playwright/test';

interface Violation {
  id: string;
  help: string;
  nodes: { html: string }[];
}

/** No violation of WCAG 2.1 A and AA that axe can find, in what is on the screen now. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const runner = Reflect.get(globalThis, 'axe') as { run(options: object): Promise<{ violations: Violation[] }> };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
    const result = await runner.run({ runOnly: { type: 'tag', values: tags } });
    return result.violations.map(
      ({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.html.slice(0, 120)).join(' | ')})`,
    );
  });
  expect(violations).toEqual([]);
}
