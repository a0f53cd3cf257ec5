/**
 * For a program that scripts/node24.mjs runs in place of another: ends it at once when that one is gone, as by `kill -9`. Else it would
 * work on unseen and hold the project, and nobody could go on with what was interrupted.
 */
export function endWithLauncher(): void {
  const bound = process.env.PARENCHYMA_ENDS_WITH_LAUNCHER === '1';
  // Processes that this one starts have channels of their own.
  delete process.env.PARENCHYMA_ENDS_WITH_LAUNCHER;
  if (!bound || process.connected === undefined) return;
  const end = () => process.kill(process.pid, 'SIGKILL');
  process.once('disconnect', end);
  // It may have happened while this process was starting.
  if (!process.connected) end();
  // Listening alone must not keep the process alive.
  process.channel?.unref();
}
