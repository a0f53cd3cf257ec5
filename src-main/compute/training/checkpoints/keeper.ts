import { Paused } from '../progress.ts';

export interface KeeperParts {
  /** Writes a checkpoint of where the training stands. */
  write(): Promise<void>;
  everySeconds: number;
  pausing(): boolean;
  /** Whether the present state is worth keeping; while it is not, the checkpoint before stays the newest. */
  healthy(): boolean;
  /** Milliseconds of a clock that nobody sets. */
  now?(): number;
}

/** Decides when a checkpoint is written: after every epoch, within one when enough time has passed, and before a pause. */
export function createKeeper({ write, everySeconds, pausing, healthy, now = () => performance.now() }: KeeperParts) {
  let last = now();
  const keep = async () => {
    if (!healthy()) return;
    await write();
    last = now();
  };
  return {
    async betweenSteps(): Promise<void> {
      const pause = pausing();
      if (pause || now() - last >= everySeconds * 1000) await keep();
      if (pause) throw new Paused();
    },
    afterEpoch: keep,
  };
}
