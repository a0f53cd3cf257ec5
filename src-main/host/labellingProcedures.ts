import type { LabelOutcome, UndoOutcome } from '../../src-shared/contract/labelling.ts';
import type { ProcedureParts } from './procedures.ts';

/** Labels by hand, readers' labels, third decisions, tables. */
export function labellingProcedures({ os, session, changed }: ProcedureParts) {
  const told = <T extends LabelOutcome | UndoOutcome>(outcome: T): T => {
    if (outcome.changed > 0) changed('labels');
    return outcome;
  };
  const { labelling } = os;
  return {
    preview: labelling.preview.handler(({ input }) => session().previewLabels(input)),
    label: labelling.label.handler(({ input }) => told(session().labelTarget(input))),
    exclude: labelling.exclude.handler(({ input }) => told(session().excludeByHand(input))),
    stack: labelling.stack.handler(({ input }) => session().labelStack(input.author)),
    undo: labelling.undo.handler(({ input }) => told(session().undoLabels(input.author))),
    redo: labelling.redo.handler(({ input }) => told(session().redoLabels(input.author))),
    next: labelling.next.handler(({ input }) => session().nextUnlabelled(input)),
    choose: labelling.choose.handler(({ input }) => session().chooseImages(input)),
    agreement: labelling.agreement.handler(() => session().labelAgreement()),
    disagreements: labelling.disagreements.handler(({ input: { show, ...page } }) =>
      session().disagreements(show, page),
    ),
    adjudicate: labelling.adjudicate.handler(({ input }) => told(session().adjudicate(input))),
    takeAgreed: labelling.takeAgreed.handler(({ input }) => told(session().takeAgreed(input.author))),
    previewTable: labelling.previewTable.handler(({ input }) => session().previewLabelTable(input)),
    importTable: labelling.importTable.handler(({ input }) => {
      const outcome = session().importLabelTable(input);
      // A table may bring new classes.
      changed('library');
      return outcome;
    }),
  };
}
