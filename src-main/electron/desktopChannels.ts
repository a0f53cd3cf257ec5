import { z } from 'zod';

/** The four things that the page may ask of the desktop, by channel; each has its own, there is no general one. */
export const desktopChannels = {
  pickFolder: 'desktop:pick-folder',
  pickFiles: 'desktop:pick-files',
  revealFile: 'desktop:reveal-file',
  notify: 'desktop:notify',
} as const;

export const revealRequest = z.string().min(1).max(4096);
export const notifyRequest = z.strictObject({ title: z.string().max(200), body: z.string().max(1000) });
