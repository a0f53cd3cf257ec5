/** Findings as the shells call them: listed, accepted with a reason, or resolved by changing the data. Every act is recorded. */
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { FindingsDocument, ResolveFinding } from '../../src-shared/contract/findings.ts';
import type { TestLock } from '../../src-shared/contract/splits.ts';
import type { ProjectStore } from '../store/index.ts';
import { refuseForTestImages } from '../store/testLock.ts';
import type { ApplicationParts } from './parts.ts';
import type { checkOperations } from './checkOperations.ts';

/** Similar pairs that are listed. */
const mostClosest = 20;

interface Said {
  reason: string;
  author: string;
}

/** The one rule of the locked test set: throws when one of the images is in it. */
export type RefuseTestImages = (imageIds: readonly number[], why: string) => void;

export function findingsOperations(
  store: ProjectStore,
  parts: Pick<ApplicationParts, 'user'>,
  check: ReturnType<typeof checkOperations>,
) {
  const now = () => new Date().toISOString();
  const by = ({ reason, author }: Said) => ({ reason: reason.trim(), author: author.trim() || parts.user, at: now() });

  function decide(target: string | number, kind: 'accepted' | 'reopened', said: Said): void {
    const cases = store.findings.casesOf(target);
    if (cases.length === 0) throw noFinding(target);
    store.transaction(() => store.findings.decide(cases, { kind, ...by(said) }));
  }

  /** Images leave the sets, or (`excluded` false) come back. Throws TEST_SET_LOCKED as `store.exclusions` does. */
  function excludeImages(imageIds: readonly number[], excluded: boolean, said: Said): number {
    const act = by(said);
    return store.transaction(() => {
      const cases = store.findings.casesWith(imageIds);
      if (excluded) store.findings.decide(cases, { kind: 'excluded', ...act });
      return imageIds.filter((image) => store.exclusions.set(image, excluded, act)).length;
    });
  }

  /** The rule of the locked test set, asked before anything is begun; the store keeps it in any case. */
  const refuseTestImages: RefuseTestImages = (imageIds, why) => refuseForTestImages(store.database, imageIds, why);

  return {
    excludeImages,
    /** The rule of the locked test set for whatever changes its images or their reference labels. */
    refuseTestImages,

    findings(): FindingsDocument {
      store.findings.refresh(now());
      return {
        findings: store.findings.findings(),
        tests: store.findings.shortcutTests(),
        closest: store.findings.closest(mostClosest),
        check: check.checkState(),
      };
    },
    findingCases: (finding: string, page: { offset: number; limit: number }) => store.findings.cases(finding, page),
    acceptFinding: (target: string | number, said: Said): void => decide(target, 'accepted', said),
    reopenFinding: (target: string | number, said: Said): void => decide(target, 'reopened', said),

    resolveFinding(request: ResolveFinding): void {
      const { imageIds } = request;
      if (request.action === 'exclude') {
        excludeImages(imageIds, true, request);
        return;
      }
      const act = by(request);
      store.transaction(() => {
        const cases = store.findings.casesWith(imageIds);
        if (request.action === 'group') {
          store.patients.link(imageIds, true, act);
          store.splits.move(store.catalogue.imagesOfGroups(imageIds), request.set, act);
        } else {
          store.splits.move(imageIds, request.set, act);
        }
        store.findings.decide(cases, { kind: request.action === 'group' ? 'grouped' : 'moved', ...act });
      });
    },

    testLock: (): TestLock => store.testLock.state(),
    testLockHistory: () => store.testLock.history(),
    lockTest(locked: boolean, said: Said): TestLock {
      if (store.testLock.state().locked !== locked) store.testLock.set(locked, by(said));
      return store.testLock.state();
    },
  };
}

function noFinding(target: string | number): ExpectedError {
  return new ExpectedError({
    code: 'NOT_FOUND',
    message: `There is no open or accepted finding ${target}.`,
    remedy: 'List the findings again; it may have been resolved in the meantime.',
  });
}
