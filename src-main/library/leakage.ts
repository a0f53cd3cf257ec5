/** What is in two sets and must not be: patients, and images that are the same by file or by pixels. */
import type { Finding } from '../../src-shared/contract/project.ts';
import { setNames, type SetName } from '../../src-shared/contract/vocabulary.ts';

export interface LeakageImage {
  imageId: number;
  patientId: number;
  fileSha256: string;
  frame: number;
  pixelSha256: string;
  set: SetName;
}

const pairs: readonly (readonly [SetName, SetName])[] = setNames.flatMap((first, index) =>
  setNames.slice(index + 1).map((second) => [first, second] as const),
);

interface Kind {
  code: Finding['code'];
  key: (image: LeakageImage) => string | number;
  words: (count: number) => string;
}

const kinds: readonly Kind[] = [
  {
    code: 'PATIENT_IN_TWO_SETS',
    key: (image) => image.patientId,
    words: (count) => (count === 1 ? '1 patient is' : `${count} patients are`),
  },
  {
    code: 'SAME_FILE_IN_TWO_SETS',
    key: (image) => `${image.fileSha256}:${image.frame}`,
    words: (count) => (count === 1 ? '1 file is' : `${count} files are`),
  },
  {
    code: 'SAME_PIXELS_IN_TWO_SETS',
    key: (image) => image.pixelSha256,
    words: (count) =>
      count === 1 ? '1 picture with the same pixels is' : `${count} pictures with the same pixels are`,
  },
];

export function findLeakage(images: readonly LeakageImage[]): Finding[] {
  return kinds.flatMap((kind) => findingsOf(kind, images));
}

function findingsOf({ code, key, words }: Kind, images: readonly LeakageImage[]): Finding[] {
  const groups = new Map<string | number, LeakageImage[]>();
  for (const image of images) {
    const group = groups.get(key(image));
    if (group === undefined) groups.set(key(image), [image]);
    else group.push(image);
  }
  return pairs.flatMap(([first, second]) => {
    const both = [...groups.values()].filter((group) =>
      [first, second].every((set) => group.some((image) => image.set === set)),
    );
    if (both.length === 0) return [];
    const concerned = both.flat().filter(({ set }) => set === first || set === second);
    return {
      code,
      message: `${words(both.length)} in both ${first} and ${second}.`,
      sets: [first, second],
      images: concerned.map(({ imageId }) => imageId),
    };
  });
}
