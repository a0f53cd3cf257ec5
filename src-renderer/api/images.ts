/**
 * Addresses of image bytes, and the one reader of raw pixels. Image ids are numbers within a project, and answers are kept
 * by the browser, so every address names the project: an image of another project is never shown for one of this.
 */
import { failureSchema, type Failure } from '../../src-shared/contract/errors.ts';
import {
  heatMapFactsHeader,
  heatMapFactsSchema,
  type HeatMapFacts,
  type HeatMapMethod,
} from '../../src-shared/contract/heatmaps.ts';
import { frameFactsHeader, frameFactsSchema, type FrameFacts } from '../../src-shared/contract/library.ts';
import type { Augmentation, Preprocessing } from '../../src-shared/contract/training.ts';
import type { Window } from '../../src-shared/contract/vocabulary.ts';

export type PixelArray = Uint8Array | Int8Array | Uint16Array | Int16Array | Float32Array;

export interface Frame {
  facts: FrameFacts;
  /** `rows × columns × samples` values in the type that the facts name. */
  pixels: PixelArray;
}

let project = '';

/** Called whenever another project is opened. */
export function setImageProject(id: string): void {
  project = id;
}

export function imageProject(): string {
  return project;
}

function address(path: string, query: Record<string, string> = {}): string {
  return `${path}?${new URLSearchParams({ project, ...query })}`;
}

export function thumbnailUrl(imageId: number): string {
  return address(`/thumbnails/${imageId}`);
}

/** The refusals that fit a filter, as a table; names of files only where they are asked for. */
export function rejectionsUrl(filter: { code: string | null; text: string }, names: boolean): string {
  return address('/rejections.csv', { code: filter.code ?? '', text: filter.text, names: names ? '1' : '0' });
}

/** A larger picture in the default window, for looking at several images side by side. */
export function pictureUrl(imageId: number): string {
  return address(`/thumbnails/${imageId}`, { edge: 'large' });
}

/** A file of a report, as a download. */
export function reportFileUrl(reportId: number, place: number): string {
  return address(`/reports/${reportId}/${place}`);
}

/** Predictions on new pictures as a table, to download; `names` adds the paths of the files. */
export function studyTableUrl(studyId: string, names: boolean): string {
  return address(`/studies/${studyId}/table.csv`, names ? { names: '1' } : {});
}

/** A route's refusal in words. */
export class ImageRefused extends Error {
  readonly data: Failure;

  constructor(data: Failure) {
    super(data.message);
    this.name = 'ImageRefused';
    this.data = data;
  }
}

function pixelArray(type: FrameFacts['type'], buffer: ArrayBuffer): PixelArray {
  switch (type) {
    case 'uint8':
      return new Uint8Array(buffer);
    case 'int8':
      return new Int8Array(buffer);
    case 'uint16':
      return new Uint16Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'float32':
      return new Float32Array(buffer);
  }
}

export function failureOf(body: string, status: number): Failure {
  try {
    const answer = failureSchema
      .extend({ code: failureSchema.shape.code.catch('NOT_FOUND') })
      .partial({ kept: true, remedy: true })
      .parse(JSON.parse(body));
    return { kept: '', remedy: '', ...answer };
  } catch {
    return {
      code: 'INTERNAL',
      message: `The image could not be read (${status}).`,
      kept: 'The file itself was not touched.',
      remedy: 'Check that its folder is still there.',
    };
  }
}

async function readBytes(url: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(url, signal ? { signal } : {});
  if (!response.ok) throw new ImageRefused(failureOf(await response.text(), response.status));
  return response;
}

export async function fetchFrame(imageId: number, signal?: AbortSignal): Promise<Frame> {
  const response = await readBytes(address(`/images/${imageId}/pixels`), signal);
  const facts = frameFactsSchema.parse(JSON.parse(response.headers.get(frameFactsHeader) ?? 'null'));
  const pixels = pixelArray(facts.type, await response.arrayBuffer());
  const expected = facts.rows * facts.columns * facts.samples;
  if (pixels.length !== expected) {
    throw new Error(`The image has ${pixels.length} values where ${expected} were announced.`);
  }
  return { facts, pixels };
}

/** What the model sees: `size × size` gray bytes, row-major. */
export async function fetchModelInput(
  imageId: number,
  size: number,
  window: Window | null,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const query: Record<string, string> = { size: String(size) };
  if (window) {
    query.level = String(window.level);
    query.width = String(window.width);
  }
  const response = await readBytes(address(`/inputs/${imageId}`, query), signal);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length !== size * size) throw new Error('The model input has an unexpected size.');
  return bytes;
}

/** The image as training could show it after random changes: `count` variations of `size × size` gray bytes. */
export async function fetchAugmented(
  imageId: number,
  { imageSize, window }: Preprocessing,
  { flip, cropScale, brightness, contrast }: Augmentation,
  { seed, count }: { seed: number; count: number },
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const numbers = { size: imageSize, cropScale, brightness, contrast, seed, count, ...window };
  const query = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
  const response = await readBytes(
    address(`/inputs/${imageId}/augmented`, { ...query, flip: flip ? '1' : '0' }),
    signal,
  );
  const bytes = new Uint8Array(await response.arrayBuffer());
  const each = imageSize * imageSize;
  if (bytes.length !== count * each) throw new Error('The changed images have an unexpected size.');
  return Array.from({ length: count }, (_, place) => bytes.subarray(place * each, (place + 1) * each));
}

export interface HeatMap {
  facts: HeatMapFacts;
  /** `edge × edge`, row-major, not normalised. */
  values: Float32Array;
}

/** Heat map of one image; made by the host where it has not been made before. */
export async function fetchHeatMap(
  run: string,
  imageId: number,
  wanted: { class: number | null; method: HeatMapMethod },
  signal?: AbortSignal,
): Promise<HeatMap> {
  const query: Record<string, string> = { method: wanted.method };
  if (wanted.class !== null) query.class = String(wanted.class);
  const response = await readBytes(address(`/heatmaps/${encodeURIComponent(run)}/${imageId}`, query), signal);
  const header = response.headers.get(heatMapFactsHeader) ?? 'null';
  const facts = heatMapFactsSchema.parse(JSON.parse(decodeURIComponent(header)));
  const values = new Float32Array(await response.arrayBuffer());
  if (values.length !== facts.edge ** 2) throw new Error('The heat map has an unexpected size.');
  return { facts, values };
}
