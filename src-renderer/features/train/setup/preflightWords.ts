/** The fixed lines of the preflight, in words. */
import type { Preflight } from '../../../../src-shared/contract/runs.ts';
import { formatBytes, formatCount, formatDuration } from '../../../../src-shared/domain/format.ts';
import { backendWords } from '../../../ui/engineWords.ts';

export interface PreflightLine {
  name: string;
  words: string;
  tone: 'good' | 'careful' | 'wrong' | 'unknown';
}

const waiting = '…';

/** `runs` is how many are started with the configuration: their times and models add up. */
export function preflightLines(preflight: Preflight | null, runs = 1): PreflightLine[] {
  return [
    engineLine(preflight),
    dataLine(preflight),
    memoryLine(preflight),
    timeLine(preflight, runs),
    diskLine(preflight, runs),
  ];
}

function engineLine(preflight: Preflight | null): PreflightLine {
  const name = 'Engine';
  if (preflight === null) return { name, words: waiting, tone: 'unknown' };
  if (preflight.engine === null)
    return { name, words: 'None works here; the chip at the top says why.', tone: 'wrong' };
  const { backend, device } = preflight.engine;
  return {
    name,
    words: `${backendWords[backend]}, ${device}; its self-test was passed.`,
    tone: backend === 'wasm' ? 'careful' : 'good',
  };
}

function dataLine(preflight: Preflight | null): PreflightLine {
  const name = 'Images';
  if (preflight === null) return { name, words: waiting, tone: 'unknown' };
  const { training, validation, test } = preflight.images;
  return {
    name,
    words: `${formatCount(training)} training, ${formatCount(validation)} validation. ${formatCount(test)} test, not touched.`,
    tone: training === 0 || validation === 0 ? 'wrong' : 'good',
  };
}

/** What limits: the graphics card's memory where it computes and its size is known, else the machine's. */
function memoryLine(preflight: Preflight | null): PreflightLine {
  const name = 'Memory';
  if (!preflight?.memory) return { name, words: preflight === null ? waiting : 'not known', tone: 'unknown' };
  const { estimate, available, largestBatch } = preflight.memory;
  const onCard = estimate.deviceBytes !== null && available.deviceBytes !== null;
  const needed = onCard ? estimate.deviceBytes! : estimate.hostBytes;
  const there = onCard ? available.deviceBytes! : available.hostBytes;
  const batch = largestBatch === null ? 'No batch fits.' : `A batch of ${largestBatch} at most.`;
  return {
    name,
    words: `About ${formatBytes(needed)} of ${formatBytes(there)}${onCard ? ' on the card' : ' free'}. ${batch}`,
    tone: needed <= there ? 'good' : largestBatch === null ? 'wrong' : 'careful',
  };
}

function timeLine(preflight: Preflight | null, runs: number): PreflightLine {
  const name = 'Time';
  if (!preflight?.time) return { name, words: preflight === null ? waiting : 'not known', tone: 'unknown' };
  const { totalSeconds, epochSeconds, basedOnRun } = preflight.time;
  const basis =
    basedOnRun === null ? 'A guess: nothing like it was trained on this device yet.' : `By run ${basedOnRun}.`;
  return {
    name,
    words: `About ${roughDuration(runs * totalSeconds)}${runs > 1 ? ` for ${runs} runs` : ''}, ${roughDuration(epochSeconds)} an epoch. ${basis}`,
    tone: basedOnRun === null ? 'unknown' : 'good',
  };
}

/** An estimate is not told to the second. */
export function roughDuration(seconds: number): string {
  if (seconds < 1) return 'a second';
  const unit = seconds < 60 ? 1 : seconds < 3600 ? 60 : 600;
  return formatDuration(Math.round(seconds / unit) * unit);
}

function diskLine(preflight: Preflight | null, runs: number): PreflightLine {
  const name = 'Disk';
  if (!preflight?.disk) return { name, words: preflight === null ? waiting : 'not known', tone: 'unknown' };
  const { freeBytes } = preflight.disk;
  const neededBytes = runs * preflight.disk.neededBytes;
  const isBlocked = neededBytes > freeBytes;
  return {
    name,
    words: `Up to ${formatBytes(neededBytes)} of ${formatBytes(freeBytes)} free.`,
    tone: isBlocked ? 'wrong' : neededBytes > freeBytes / 2 ? 'careful' : 'good',
  };
}
