/**
 * The WebAssembly codecs, loaded on first use and dropped after a failure: a decoder that threw may have left its memory in any
 * state. Typings are written here because the packages have none (or none that name what is used).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Interface that codec-openjpeg, codec-openjph and codec-charls share. */
export interface FrameDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned?: boolean };
  delete(): void;
}

/** JPEG-LS: 0 plane by plane, 1 line by line, 2 sample by sample. */
export interface JpegLsFrameDecoder extends FrameDecoder {
  getInterleaveMode(): number;
}

interface OpenJpeg {
  J2KDecoder: new () => FrameDecoder;
}
interface OpenJph {
  HTJ2KDecoder: new () => FrameDecoder;
}
interface Charls {
  JpegLSDecoder: new () => JpegLsFrameDecoder;
}

export interface JpegContext {
  getDecodedBuffer(): Uint8Array | undefined;
  getBitsAllocated(): number | undefined;
  getPlanarConfiguration(): number | undefined;
}
export interface Jpeg {
  Context: new (attributes: {
    width: number;
    height: number;
    bitsAllocated: number;
    bitsStored: number;
    samplesPerPixel: number;
    pixelRepresentation: number;
    planarConfiguration: number;
    photometricInterpretation: string;
    encodedBuffer: Uint8Array;
  }) => JpegContext;
  NativeCodecs: {
    initializeAsync(options: { logCodecsInfo: boolean }): Promise<void>;
    isInitialized(): boolean;
    decodeJpeg(context: JpegContext, parameters: { convertColorspaceToRgb: boolean }): JpegContext;
    release(): void;
  };
  log: { setLevel(level: 'silent'): void; info(message: string): void };
}

const require = createRequire(import.meta.url);

type Factory<T> = (options: { wasmBinary: Uint8Array; print(): void; printErr(): void }) => Promise<T>;

async function instantiate<T>(script: string, binary: string): Promise<T> {
  const factory: Factory<T> = require(script);
  return factory({ wasmBinary: readFileSync(require.resolve(binary)), print: () => {}, printErr: () => {} });
}

async function loadJpeg(): Promise<Jpeg> {
  const module: Jpeg = require('dcmjs-codecs');
  module.log.setLevel('silent');
  module.log.info = (message) => jpegMessages.push(message);
  if (!module.NativeCodecs.isInitialized()) await module.NativeCodecs.initializeAsync({ logCodecsInfo: true });
  return module;
}

/** What libjpeg said since this list was emptied: where data is missing it fills in gray, and says so only here. */
export const jpegMessages: string[] = [];

/** A module that `use` loads when needed and forgets when the work with it throws. */
class Cached<T> {
  private readonly load: () => Promise<T>;
  private readonly drop: (module: T) => void;
  private module: Promise<T> | null = null;

  constructor(load: () => Promise<T>, drop: (module: T) => void = () => {}) {
    this.load = load;
    this.drop = drop;
  }

  async use<R>(work: (module: T) => R): Promise<R> {
    this.module ??= this.load();
    const module = await this.module;
    try {
      return work(module);
    } catch (error) {
      this.module = null;
      this.drop(module);
      throw error;
    }
  }
}

export const openJpeg = new Cached(() =>
  instantiate<OpenJpeg>('@cornerstonejs/codec-openjpeg/decodewasmjs', '@cornerstonejs/codec-openjpeg/decodewasm'),
);
export const openJph = new Cached(() =>
  instantiate<OpenJph>('@cornerstonejs/codec-openjph/wasmjs', '@cornerstonejs/codec-openjph/wasm'),
);
export const charls = new Cached(() =>
  instantiate<Charls>('@cornerstonejs/codec-charls/decodewasmjs', '@cornerstonejs/codec-charls/decodewasm'),
);
export const jpeg = new Cached(loadJpeg, (module) => module.NativeCodecs.release());
