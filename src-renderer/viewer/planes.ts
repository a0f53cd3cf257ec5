/**
 * Three planes through a volumetric series. A volume keeps the slices as they were loaded; a plane's picture is put together
 * from them when it is asked for, and is then a picture like any other, with HU and millimetres.
 */
import type { StackImage } from '../../src-shared/contract/viewer.ts';
import type { Frame, PixelArray } from '../api/images.ts';
import { dot, normalOf, type Vector } from './orientation.ts';

export const planeScheme = 'parenchyma-plane';

export type Regularity = { regular: true; gap: number } | { regular: false; reason: string };

const fewest = 3;
/** Shares of the gap between two slices. */
const gapTolerance = 0.02;
const shiftTolerance = 0.05;
const cosineTolerance = 1e-3;
/** Pixels of all slices together, in bytes. */
const largestBytes = 1024 ** 3;

/** Whether slices, in the order of the stack, make a volume of equal boxes; if not, why, in words. */
export function regularity(images: readonly StackImage[]): Regularity {
  const no = (reason: string): Regularity => ({ regular: false, reason });
  const [first, second] = images;
  if (!first || !second || images.length < fewest) return no(`The series has fewer than ${fewest} slices.`);
  if (images.some((one) => one.position === null || one.orientation === null)) {
    return no('The files do not say where their slices lie in the patient.');
  }
  if (images.some((one) => one.spacing === null)) return no('The files do not say how large a pixel is.');
  if (images.some((one) => one.rows !== first.rows || one.columns !== first.columns)) {
    return no('The slices differ in size.');
  }
  if (images.some((one) => one.spacing!.some((value, axis) => Math.abs(value - first.spacing![axis]!) > 1e-4))) {
    return no('The slices differ in the size of their pixels.');
  }
  if (
    images.some((one) =>
      one.orientation!.some((value, at) => Math.abs(value - first.orientation![at]!) > cosineTolerance),
    )
  ) {
    return no('The slices are not parallel.');
  }
  if (first.rows * first.columns * 2 * images.length > largestBytes) {
    return no('The series is too large to be held at once (more than 1 GiB).');
  }
  const normal = normalOf(first.orientation!);
  const steps = images
    .slice(1)
    .map((one, at) => one.position!.map((value, axis) => value - images[at]!.position![axis]!));
  const gaps = steps.map((step) => dot(step, normal));
  const gap = gaps[0]!;
  if (Math.abs(gap) < 1e-3) return no('Several slices lie at the same place.');
  if (gaps.some((one) => Math.abs(one - gap) > gapTolerance * Math.abs(gap))) {
    return no('The distances between the slices are not equal: one may be missing.');
  }
  const tilted = steps.some(
    (step) => Math.hypot(...step.map((value, axis) => value - gap * normal[axis]!)) > shiftTolerance * Math.abs(gap),
  );
  return tilted ? no('The slices are shifted against each other (tilted gantry).') : { regular: true, gap };
}

export interface Volume {
  slices: readonly Frame[];
  /** Step from column to column, row to row, slice to slice, in mm in the patient. */
  steps: readonly [Vector, Vector, Vector];
  /** Centre of the first pixel of the first slice. */
  origin: Vector;
}

export function volumeOf(slices: readonly Frame[], images: readonly StackImage[], gap: number): Volume {
  const { orientation, spacing, position } = images[0]!;
  const row = orientation!.slice(0, 3);
  const column = orientation!.slice(3, 6);
  const scaled = (direction: readonly number[], by: number): Vector =>
    direction.map((value) => value * by) as unknown as Vector;
  return {
    slices,
    origin: position!,
    steps: [scaled(row, spacing![1]), scaled(column, spacing![0]), scaled(normalOf(orientation!), gap)],
  };
}

/** A plane through a volume: which of its three axes runs to the right, which down, which from picture to picture. */
export interface PlaneAxes {
  words: string;
  /** Axis 0 … 2 and whether it is counted backwards. */
  right: readonly [axis: number, backwards: boolean];
  down: readonly [axis: number, backwards: boolean];
  through: number;
}

const planeWords = ['Sagittal', 'Coronal', 'Axial'];
/** Patient axes that run to the right and down on a radiologist's screen, by the axis that a plane is seen along. */
const screen: readonly (readonly [
  right: readonly [axis: number, sign: number],
  down: readonly [axis: number, sign: number],
])[] = [
  [
    [1, 1],
    [2, -1],
  ],
  [
    [0, 1],
    [2, -1],
  ],
  [
    [0, 1],
    [1, 1],
  ],
];

/** Every way to give the volume's three axes one patient axis each. */
const pairings: readonly (readonly [number, number, number])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/**
 * The patient axis that each axis of the volume runs along most nearly, all three different: in an oblique volume two axes can have the
 * same one as their greatest part.
 */
function patientAxes(steps: Volume['steps']): readonly [number, number, number] {
  const share = (step: Vector, axis: number): number => Math.abs(step[axis]!) / Math.hypot(...step);
  const together = (pairing: readonly number[]): number =>
    pairing.reduce((sum, axis, place) => sum + share(steps[place]!, axis), 0);
  return pairings.reduce((best, one) => (together(one) > together(best) + 1e-9 ? one : best));
}

/** The three planes: the one that was acquired first, then the two that cross it, each as one is used to see it. */
export function planesOf({ steps }: Volume): PlaneAxes[] {
  const patient = patientAxes(steps);
  return [2, 1, 0].map((through) => {
    const [right, down] = screen[patient[through]!]!;
    const axisFor = ([wanted, sign]: readonly [number, number]): readonly [number, boolean] => {
      const axis = patient.indexOf(wanted);
      return [axis, Math.sign(steps[axis]![wanted]!) !== sign];
    };
    return { words: planeWords[patient[through]!]!, right: axisFor(right), down: axisFor(down), through };
  });
}

export function volumeSize({ slices }: Volume): readonly [number, number, number] {
  const { columns, rows } = slices[0]!.facts;
  return [columns, rows, slices.length];
}

function emptyLike(slices: readonly Frame[], length: number): PixelArray {
  const type = slices[0]!.facts.type;
  if (slices.some((one) => one.facts.type !== type)) return new Float32Array(length);
  return new { uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array, float32: Float32Array }[
    type
  ](length);
}

const typeNames = {
  Uint8Array: 'uint8',
  Int8Array: 'int8',
  Uint16Array: 'uint16',
  Int16Array: 'int16',
  Float32Array: 'float32',
} as const;

/** The picture of a plane at `index` along its third axis. */
export function planeFrame(volume: Volume, plane: PlaneAxes, index: number): Frame {
  const size = volumeSize(volume);
  const [columns, rows] = [size[plane.right[0]], size[plane.down[0]]] as [number, number];
  const pixels = emptyLike(volume.slices, rows * columns);
  const at: [number, number, number] = [0, 0, 0];
  at[plane.through] = index;
  for (let row = 0; row < rows; row += 1) {
    at[plane.down[0]] = plane.down[1] ? rows - 1 - row : row;
    for (let column = 0; column < columns; column += 1) {
      at[plane.right[0]] = plane.right[1] ? columns - 1 - column : column;
      pixels[row * columns + column] = volume.slices[at[2]]!.pixels[at[1] * size[0] + at[0]]!;
    }
  }
  const first = volume.slices[0]!.facts;
  const direction = ([axis, backwards]: readonly [number, boolean]): number[] => {
    const length = Math.hypot(...volume.steps[axis]!);
    return volume.steps[axis]!.map((value) => ((backwards ? -1 : 1) * value) / length + 0);
  };
  const length = (axis: number): number => Math.hypot(...volume.steps[axis]!);
  const corner: [number, number, number] = [0, 0, 0];
  corner[plane.through] = index;
  if (plane.right[1]) corner[plane.right[0]] = columns - 1;
  if (plane.down[1]) corner[plane.down[0]] = rows - 1;
  return {
    pixels,
    facts: {
      ...first,
      rows,
      columns,
      type: typeNames[pixels.constructor.name as keyof typeof typeNames],
      spacing: [length(plane.down[0]), length(plane.right[0])],
      place: {
        position: placeOf(volume, corner),
        orientation: [...direction(plane.right), ...direction(plane.down)],
        sliceThickness: plane.through === 2 ? first.place.sliceThickness : length(plane.through),
      },
      minimum: Math.min(...volume.slices.map((one) => one.facts.minimum)),
      maximum: Math.max(...volume.slices.map((one) => one.facts.maximum)),
    },
  };
}

function placeOf({ origin, steps }: Volume, [i, j, k]: readonly [number, number, number]): [number, number, number] {
  return [0, 1, 2].map((axis) => origin[axis]! + i * steps[0][axis]! + j * steps[1][axis]! + k * steps[2][axis]!) as [
    number,
    number,
    number,
  ];
}

/** A point of a plane's picture as column, row and slice of the volume. */
export function volumePoint(
  volume: Volume,
  plane: PlaneAxes,
  index: number,
  [x, y]: readonly [number, number],
): readonly [number, number, number] {
  const size = volumeSize(volume);
  const at: [number, number, number] = [0, 0, 0];
  at[plane.through] = index;
  at[plane.right[0]] = plane.right[1] ? size[plane.right[0]]! - 1 - x : x;
  at[plane.down[0]] = plane.down[1] ? size[plane.down[0]]! - 1 - y : y;
  return at;
}

/** Where a place of the volume lies in a plane's picture. */
export function planePoint(volume: Volume, plane: PlaneAxes, place: readonly number[]): readonly [number, number] {
  const size = volumeSize(volume);
  const along = ([axis, backwards]: readonly [number, boolean]): number =>
    backwards ? size[axis]! - 1 - place[axis]! : place[axis]!;
  return [along(plane.right), along(plane.down)];
}

/** Volumes that panes show now; released when they are left. */
const volumes = new Map<string, { volume: Volume; planes: PlaneAxes[] }>();
let made = 0;

export interface OpenVolume {
  volume: Volume;
  planes: readonly PlaneAxes[];
  /** Names of the pictures of each plane. */
  stacks: readonly (readonly string[])[];
  release(): void;
}

export function openVolume(volume: Volume): OpenVolume {
  made += 1;
  const name = String(made);
  const planes = planesOf(volume);
  volumes.set(name, { volume, planes });
  const size = volumeSize(volume);
  return {
    volume,
    planes,
    stacks: planes.map((plane, place) =>
      Array.from({ length: size[plane.through]! }, (_, index) => `${planeScheme}:${name}:${place}:${index}`),
    ),
    release: () => void volumes.delete(name),
  };
}

export function planePicture(picture: string): Frame {
  const [, name = '', place = '', index = ''] = picture.split(':');
  const known = volumes.get(name);
  const plane = known?.planes[Number(place)];
  if (!known || !plane) throw new Error('The volume of this plane is no longer open.');
  return planeFrame(known.volume, plane, Number(index));
}
