import type { ChangedWhat } from '../../src-shared/contract/events.ts';
import type { ProjectSession } from '../app/session.ts';
import type { Procedures } from './procedures.ts';

/** Reading the predictions of a run. A relabelling or an exclusion also changes the library. */
export function reviewProcedures(os: Procedures, session: () => ProjectSession, changed: (what: ChangedWhat) => void) {
  const { review } = os;
  return {
    readers: review.readers.handler(() => session().readers()),
    addReader: review.addReader.handler(({ input }) => session().addReader(input.name)),
    begin: review.begin.handler(({ input }) => session().beginReading(input)),
    worklist: review.worklist.handler(({ input }) => session().worklist(input)),
    save: review.save.handler(({ input }) => {
      const row = session().saveReview(input);
      changed('reviews');
      if (input.verdict === 'relabel' || input.verdict === 'exclude') changed('library');
      return row;
    }),
    undo: review.undo.handler(({ input }) => {
      const undone = session().undoReview(input);
      if (undone) {
        changed('reviews');
        changed('library');
      }
      return undone;
    }),
    history: review.history.handler(({ input }) => session().reviewHistory(input)),
    agreement: review.agreement.handler(({ input }) => session().agreement(input)),
  };
}
