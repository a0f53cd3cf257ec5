import axe from 'axe-core';
import { expect, type Page } from '@playwright/test';

interface Violation {
  id: string;
  help: string;
  nodes: { html: string }[];
}

/** Violations of WCAG 2.1 A and AA that axe can find, in what is on the screen now. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const runner = Reflect.get(globalThis, 'axe') as { run(options: object): Promise<{ violations: Violation[] }> };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
    const result = await runner.run({ runOnly: { type: 'tag', values: tags } });
    return result.violations.map(
      ({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.html.slice(0, 120)).join(' | ')})`,
    );
  });
}

export async function expectAccessible(page: Page): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([]);
}
