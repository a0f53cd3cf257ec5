import type { Rejection } from '../../src-shared/contract/library.ts';
import type { Decoder } from './decoder.ts';
import type { ImportStore } from './ports.ts';

/** What an import works with. */
export interface ImportDependencies {
  store: ImportStore;
  decoder: Pick<Decoder, 'read' | 'directory'>;
}

/** What it came to. */
export interface ImportOutcome {
  /** Images, not files: a multi-frame file counts with each of its frames. */
  imported: number;
  /** Files whose bytes the project had already. */
  duplicates: number;
  rejected: Rejection[];
  /** Every image of these paths, new or known, that may take the requested label. */
  seen: number[];
}
