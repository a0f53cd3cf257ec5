import type { LabelAgreement } from '../../../src-shared/contract/labelling.ts';
import { cohenKappa } from '../kappa.ts';

export interface ReaderLabelState {
  imageId: number;
  reader: string;
  classId: number;
}

export interface AgreementInput {
  states: readonly ReaderLabelState[];
  /** Reference label of each image that a reader has labelled. */
  reference: ReadonlyMap<number, number | null>;
  classIds: readonly number[];
  /** Disagreements that have a third decision. */
  decided: number;
}

/**
 * How well readers' own labels agree, with each other and with the reference label: Cohen's κ over the images that both have
 * labelled, all classes told apart.
 */
export function labelAgreement({ states, reference, classIds, decided }: AgreementInput): LabelAgreement {
  const byReader = Map.groupBy(states, (state) => state.reader);
  const category = new Map(classIds.map((id, place) => [id, place]));
  const labelsOf = (reader: string) => new Map(byReader.get(reader)!.map(({ imageId, classId }) => [imageId, classId]));
  const kappa = (first: ReadonlyMap<number, number>, second: ReadonlyMap<number, number | null>) => {
    const common = [...first].flatMap(([image, mine]) => {
      const other = second.get(image);
      return other == null ? [] : [[category.get(mine)!, category.get(other)!] as const];
    });
    return cohenKappa(
      common.map(([mine]) => mine),
      common.map(([, other]) => other),
      classIds.length,
    );
  };
  const names = [...byReader.keys()];
  const groups = [...Map.groupBy(states, (state) => state.imageId)];
  return {
    readers: names.map((reader) => {
      const own = labelsOf(reader);
      return { reader, images: own.size, reference: kappa(own, reference) };
    }),
    pairs: names.flatMap((first, place) =>
      names.slice(place + 1).map((second) => ({ first, second, kappa: kappa(labelsOf(first), labelsOf(second)) })),
    ),
    disagreements: groups.filter(([, said]) => agreedClass(said) === null && said.length > 1).length,
    decided,
    agreedOtherwise: agreedLabels(states).filter(({ imageId, classId }) => reference.get(imageId) !== classId).length,
  };
}

/** Images of which at least two readers say the same, and no reader anything else. */
export function agreedLabels(states: readonly ReaderLabelState[]): { imageId: number; classId: number }[] {
  return [...Map.groupBy(states, (state) => state.imageId)].flatMap(([imageId, said]) => {
    const classId = said.length > 1 ? agreedClass(said) : null;
    return classId === null ? [] : [{ imageId, classId }];
  });
}

function agreedClass(said: readonly ReaderLabelState[]): number | null {
  const first = said[0]!.classId;
  return said.every(({ classId }) => classId === first) ? first : null;
}
