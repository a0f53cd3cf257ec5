import { open } from 'node:fs/promises';

/** Makes a rename durable. Windows cannot open a folder for this and does not need it. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
