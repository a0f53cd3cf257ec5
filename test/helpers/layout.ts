import { expect, type Page } from '@playwright/test';

/**
 * What an eye and a hand would find wrong in the layout of what is on the screen now, in words: the page wider or higher than the window,
 * controls that cannot be scrolled into view or that lie below something else, words cut off in a button.
 */
export async function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth + 1)
      faults.push(`The page is ${root.scrollWidth} wide in a window of ${innerWidth}.`);
    if (root.scrollHeight > innerHeight + 1)
      faults.push(`The page is ${root.scrollHeight} high in a window of ${innerHeight}.`);
    const named = (element: Element): string =>
      `${element.tagName.toLowerCase()} "${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 50)}"` +
      ` .${String(element.getAttribute('class')).slice(0, 40)}`;
    // With a dialog open the rest of the window is out of reach on purpose.
    const open = [...document.querySelectorAll('[role="dialog"]')].at(-1) ?? document.body;
    const wanted =
      'button, a[href], input, select, textarea, summary, [role="button"], [role="radio"], [role="option"], [role="slider"], [role="separator"], [tabindex="0"]';
    const seen = new Map<Element | null, number>();
    for (const element of open.querySelectorAll<HTMLElement>(wanted)) {
      const style = getComputedStyle(element);
      if (!element.checkVisibility({ visibilityProperty: true }) || style.pointerEvents === 'none') continue;
      // The link past the rail shows itself when it gets the focus.
      if (element.closest('[aria-hidden="true"], .visually-hidden, .skip')) continue;
      // Of long lists the first entries stand for all.
      const number = (seen.get(element.parentElement) ?? 0) + 1;
      seen.set(element.parentElement, number);
      if (number > 12 && element.matches('[role="option"]')) continue;
      element.scrollIntoView({ block: 'center', inline: 'center' });
      const box = [...element.getClientRects()].find((one) => one.width > 0 && one.height > 0);
      // A control that is drawn by its label: a file field, a switch.
      if (!box || (box.width <= 1 && box.height <= 1)) continue;
      if (box.height < 12) faults.push(`${named(element)} is squeezed to ${box.height.toFixed(0)} pixels.`);
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) {
        faults.push(`${named(element)} cannot be reached: its middle is at ${Math.round(x)}, ${Math.round(y)}.`);
        continue;
      }
      const above = document.elementFromPoint(x, y);
      const isFree = above !== null && (element.contains(above) || above.contains(element));
      const ofLabel = above?.closest('label') ?? null;
      if (!isFree && (ofLabel === null || !ofLabel.contains(element)))
        faults.push(`${named(element)} lies below ${above ? named(above) : 'nothing'}.`);
      if (element.matches('button') && element.scrollWidth > element.clientWidth + 2)
        faults.push(`${named(element)} has words cut off: ${element.scrollWidth} of ${element.clientWidth} pixels.`);
    }
    return faults;
  });
}

/** The window as it is at a scale of the system or the browser: 200 % leaves half as many CSS pixels each way. */
export async function atScale(page: Page, percent: number): Promise<void> {
  await page.setViewportSize({
    width: Math.floor((1366 * 100) / percent),
    height: Math.floor((768 * 100) / percent),
  });
}

export async function expectLaidOut(page: Page): Promise<void> {
  expect(await layoutFaults(page)).toEqual([]);
}
