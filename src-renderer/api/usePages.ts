/** A long list of the host, read in pages as it comes into view; what was there stays visible until newer rows arrive. */
import { onScopeDispose, ref, shallowReactive, type Ref } from 'vue';
import type { Failure } from '../../src-shared/contract/errors.ts';
import { toFailure } from './failure.ts';

export const pageSize = 200;
/** Pages around what was looked at last that are read again in place. */
const refreshedPages = 5;

export interface Page<Row> {
  total: number;
  items: Row[];
}

export interface Pages<Row> {
  total: Ref<number>;
  /** False until the first answer. */
  known: Ref<boolean>;
  failure: Ref<Failure | null>;
  /** By place in the list; undefined while it is on its way. */
  rows: Map<number, Row>;
  /** Counts answers that replaced the whole list: whoever shows a part of it makes sure of that part again. */
  renewed: Ref<number>;
  /** Makes sure that the places `first` to `last` (inclusive) are there or on their way. */
  ensure(first: number, last: number): Promise<void>;
  /** Asks anew, from the first page on. */
  reload(): Promise<void>;
  /** Asks anew for what was looked at last, in place: nothing blinks, nothing moves. */
  refresh(): Promise<void>;
}

export function usePages<Row>(
  ask: (page: { offset: number; limit: number }, signal: AbortSignal) => Promise<Page<Row>>,
): Pages<Row> {
  const total = ref(0);
  const known = ref(false);
  const failure = ref<Failure | null>(null);
  const renewed = ref(0);
  const rows = shallowReactive(new Map<number, Row>());
  let asked = new Map<number, Promise<void>>();
  let generation = new AbortController();
  let firstSeen = 0;

  async function read(page: number, mine: AbortController, fresh: boolean): Promise<void> {
    try {
      const answer = await ask({ offset: page * pageSize, limit: pageSize }, mine.signal);
      if (mine.signal.aborted) return;
      if (fresh) rows.clear();
      total.value = answer.total;
      answer.items.forEach((row, place) => rows.set(page * pageSize + place, row));
      known.value = true;
      failure.value = null;
      if (fresh) renewed.value += 1;
    } catch (error) {
      if (mine.signal.aborted) return;
      asked.delete(page);
      failure.value = toFailure(error);
    }
  }

  function ensurePage(page: number): Promise<void> {
    const before = asked.get(page);
    if (before) return before;
    const reading = read(page, generation, false);
    asked.set(page, reading);
    return reading;
  }

  async function ensure(first: number, last: number): Promise<void> {
    if (total.value === 0) return;
    firstSeen = Math.max(0, first);
    const end = Math.min(last, total.value - 1);
    const pages: Promise<void>[] = [];
    for (let page = Math.floor(firstSeen / pageSize); page * pageSize <= end; page += 1) {
      pages.push(ensurePage(page));
    }
    await Promise.all(pages);
  }

  function renew(): AbortController {
    generation.abort();
    generation = new AbortController();
    asked = new Map();
    return generation;
  }

  async function reload(): Promise<void> {
    const reading = read(0, renew(), true);
    asked.set(0, reading);
    await reading;
  }

  async function refresh(): Promise<void> {
    if (!known.value) return reload();
    const mine = renew();
    const start = Math.max(0, Math.floor(firstSeen / pageSize) - 1);
    for (let page = start; page < start + refreshedPages && page * pageSize < Math.max(1, total.value); page += 1) {
      asked.set(page, read(page, mine, false));
    }
    await Promise.all(asked.values());
    if (mine.signal.aborted) return;
    for (const place of rows.keys()) {
      if (place >= total.value || !asked.has(Math.floor(place / pageSize))) rows.delete(place);
    }
    renewed.value += 1;
  }

  onScopeDispose(() => generation.abort());
  return { total, known, failure, rows, renewed, ensure, reload, refresh };
}
