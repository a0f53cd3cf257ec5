import { ensureBrowser } from '../../scripts/setup/browser.ts';
import { ensureRenderer } from '../../scripts/setup/renderer.ts';

/** Sees to browser and built interface; path of the browser's program. Throws where one of them cannot be had. */
export async function browserForInterface(): Promise<string> {
  const say = (line: string) => console.error(line);
  const browser = await ensureBrowser(say);
  if (browser.kind === 'missing') throw new Error(`There is no browser: ${browser.reason}`);
  const built = await ensureRenderer(say);
  if (built.kind === 'failed') throw new Error(built.reason);
  return browser.path;
}

export interface Spread {
  medianMilliseconds: number;
  p95Milliseconds: number;
  worstMilliseconds: number;
}

export function spread(times: readonly number[]): Spread {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { medianMilliseconds: at(0.5), p95Milliseconds: at(0.95), worstMilliseconds: at(1) };
}
