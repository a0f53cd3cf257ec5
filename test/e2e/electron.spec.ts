import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, expect, test } from '@playwright/test';
import { findElectron } from '../../scripts/setup/electron.ts';

/** The same page as on the loopback shell, in Electron's window. Electron's program cannot be had from a package registry. */
test('Electron opens the workbench in a sandboxed window', async () => {
  const binary = await findElectron();
  test.skip(
    binary === null,
    'Electron is not there: its program comes from a download (node scripts/setup/electron.ts)',
  );
  test.skip(
    process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY,
    'Electron needs a screen, and neither DISPLAY nor WAYLAND_DISPLAY is set',
  );
  const directory = await mkdtemp(path.join(tmpdir(), 'parenchyma-electron-'));
  const application = await _electron.launch({
    executablePath: binary ?? '',
    args: [path.resolve(import.meta.dirname, '../..'), ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    env: { ...process.env, PARENCHYMA_CONFIG: directory, PARENCHYMA_PROJECTS: directory },
  });
  try {
    const page = await application.firstWindow();
    expect(new URL(page.url()).origin).toBe('app://parenchyma');
    await expect(page.locator('#app')).not.toBeEmpty();
    expect(await page.evaluate(() => typeof Reflect.get(globalThis, 'require'))).toBe('undefined');
    expect(await page.evaluate(() => Object.keys(Reflect.get(globalThis, 'parenchyma')).sort())).toEqual([
      'notify',
      'pathForFile',
      'pickFiles',
      'pickFolder',
      'revealFile',
    ]);
    const outside = await page.evaluate(() =>
      fetch('https://example.org/').then(
        () => 'reached',
        () => 'refused',
      ),
    );
    expect(outside).toBe('refused');
  } finally {
    await application.close();
    await rm(directory, { recursive: true, force: true });
  }
});
