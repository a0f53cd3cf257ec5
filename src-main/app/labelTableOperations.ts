/** Labels from a table and into one. What an import would change is worked out by the same function that carries it out. */
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { LabelOutcome, LabelTablePreview, LabelTableRequest } from '../../src-shared/contract/labelling.ts';
import type { ClassSummary } from '../../src-shared/contract/project.ts';
import { formatQuantity } from '../../src-shared/domain/format.ts';
import { readLabelTable, type LineRefusal, type TableLabel } from '../library/index.ts';
import { csvText } from '../report/index.ts';
import type { ProjectStore } from '../store/index.ts';
import type { RefuseTestImages } from './findingsOperations.ts';

const listedRefusals = 200;

interface Plan {
  lines: number;
  /** Lines that say something else than what is in force. */
  changes: TableLabel[];
  unchanged: number;
  patients: number;
  newClasses: string[];
  refusals: LineRefusal[];
}

export function labelTableOperations(store: ProjectStore, refuseTestImages: RefuseTestImages) {
  const { labelling } = store;
  const now = () => new Date().toISOString();
  const sameName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

  function isLockedTest(): (imageId: number) => boolean {
    if (!store.testLock.state().locked) return () => false;
    return (imageId) => store.catalogue.setsOf([imageId])[0]?.set === 'test';
  }

  function plan(request: LabelTableRequest): Plan {
    const table = readLabelTable(request.text, labelling.imageNames());
    const readerId = request.role === 'reader' ? store.reviews.ensureReader(request.author, now()) : null;
    const classes = store.classes.classes();
    const standing = new Map(
      labelling
        .standing(
          table.labels.map(({ imageId }) => imageId),
          readerId,
        )
        .map((one) => [one.id, one]),
    );
    const locked = request.role === 'reference' ? isLockedTest() : () => false;
    const refusals = [...table.refusals];
    const newClasses = new Map<string, string>();
    const changes: TableLabel[] = [];
    let unchanged = 0;
    for (const label of table.labels) {
      const verdict = judge(label, {
        classes,
        newClasses: request.newClasses,
        now: standing.get(label.imageId)!.classId,
      });
      if (verdict.kind === 'refused') refusals.push({ line: label.line, reason: verdict.reason });
      else if (verdict.kind === 'same') unchanged += 1;
      else if (locked(label.imageId)) {
        refusals.push({ line: label.line, reason: 'The image is in the locked test set; its label stays.' });
      } else {
        changes.push(label);
        if (verdict.newClass !== null) newClasses.set(verdict.newClass.toLowerCase(), verdict.newClass);
      }
    }
    return {
      lines: table.lines,
      changes,
      unchanged,
      patients: new Set(changes.map(({ imageId }) => standing.get(imageId)!.patient)).size,
      newClasses: [...newClasses.values()],
      refusals: refusals.sort((a, b) => a.line - b.line),
    };
  }

  return {
    previewLabelTable(request: LabelTableRequest): LabelTablePreview {
      const { lines, changes, unchanged, patients, newClasses, refusals } = plan(request);
      const to = [...Map.groupBy(changes, ({ className }) => className?.toLowerCase() ?? null)].map(([, all]) => ({
        className: all[0]!.className,
        images: all.length,
      }));
      return {
        lines,
        changes: changes.length,
        unchanged,
        patients,
        to: to.sort((a, b) => b.images - a.images),
        newClasses,
        refused: refusals.length,
        refusals: refusals.slice(0, listedRefusals),
      };
    },

    importLabelTable(request: LabelTableRequest): LabelOutcome {
      const { changes, newClasses } = plan(request);
      if (changes.length === 0) {
        throw new ExpectedError({
          code: 'INVALID_INPUT',
          message: 'No line of the table changes a label.',
          kept: 'All labels are as they were.',
          remedy: 'See in the preview why lines were left out.',
        });
      }
      refuseTestImages(
        request.role === 'reference' ? changes.map(({ imageId }) => imageId) : [],
        'Labels would change.',
      );
      for (const name of newClasses) store.classes.ensureClass(name);
      const classes = store.classes.classes();
      const idOf = (name: string | null) =>
        name === null ? null : classes.find((one) => sameName(one.name, name))!.id;
      const readerId = request.role === 'reader' ? store.reviews.ensureReader(request.author, now()) : null;
      const what = readerId === null ? ('label' as const) : ('reading' as const);
      return labelling.carryOut(
        changes.map(({ imageId, className }) => ({ imageId, what, readerId, after: idOf(className) })),
        {
          kind: 'import',
          origin: 'import',
          author: request.author,
          words: (images) => `${formatQuantity(images, 'image')}: labels from a table`,
          at: now(),
        },
      );
    },

    /** All labels as CSV, safe to open in a spreadsheet; names of files and folders only where they are asked for. */
    labelTable({ files }: { files: boolean }): string {
      const classNames = new Map(store.classes.classes().map((one) => [one.id, one.name]));
      const states = labelling.readerLabels();
      const readers = [...new Set(states.map(({ reader }) => reader))].sort();
      const said = new Map(
        states.map(({ imageId, reader, classId }) => [`${imageId} ${reader}`, classNames.get(classId)]),
      );
      const header = ['sha256', 'frame', 'patient', 'set', 'label', 'label_by', 'excluded', 'decided_by'];
      return csvText(
        [...header, ...readers.map((reader) => `reader: ${reader}`), ...(files ? ['file'] : [])],
        labelling
          .exportRows()
          .map((row) => [
            row.sha256,
            row.frame,
            row.patient,
            row.set,
            row.label,
            row.labelBy,
            row.excluded,
            row.decidedBy,
            ...readers.map((reader) => said.get(`${row.imageId} ${reader}`) ?? null),
            ...(files ? [row.file] : []),
          ]),
      );
    },
  };
}

type Verdict = { kind: 'refused'; reason: string } | { kind: 'same' } | { kind: 'changes'; newClass: string | null };

/** What a line means for the label in force. */
function judge(
  { className }: TableLabel,
  by: { classes: readonly ClassSummary[]; newClasses: boolean; now: number | null },
): Verdict {
  if (className === null) return by.now === null ? { kind: 'same' } : { kind: 'changes', newClass: null };
  const known = by.classes.find((one) => one.name.toLowerCase() === className.toLowerCase());
  if (known) return known.id === by.now ? { kind: 'same' } : { kind: 'changes', newClass: null };
  if (by.newClasses) return { kind: 'changes', newClass: className };
  return { kind: 'refused', reason: `There is no class "${className}" in this project.` };
}
