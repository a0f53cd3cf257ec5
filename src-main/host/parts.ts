import type { Application } from '../app/application.ts';
import type { Logger } from '../platform/logger.ts';

/** What a shell (electron/, serve/) hands to the host. */
export interface HostParts {
  application: Application;
  shell: 'electron' | 'loopback';
  /** Folder of the built interface. */
  rendererDirectory: string;
  logger: Logger;
}
