/** Why a weights file is not taken: for programs a code, for people the reason. */
export type WeightsRefusalCode =
  /** None of the formats that are read. */
  | 'UNKNOWN_FORMAT'
  /** Of a known format, but broken: ends early, contradicts itself, claims what cannot be. */
  | 'DAMAGED'
  /** Would run code or make objects other than tensors, texts, numbers and their containers. */
  | 'UNSAFE'
  /** Sound, but of a kind that is not read, e.g. compressed. */
  | 'UNSUPPORTED'
  /** Goes beyond a limit of size, number, depth, time or memory. */
  | 'TOO_LARGE'
  /** Holds no weights. */
  | 'NO_WEIGHTS'
  /** The file cannot be opened or read. */
  | 'UNREADABLE';

export class WeightsRefusal extends Error {
  readonly code: WeightsRefusalCode;

  constructor(code: WeightsRefusalCode, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'WeightsRefusal';
    this.code = code;
  }
}

export const damaged = (reason: string): WeightsRefusal => new WeightsRefusal('DAMAGED', reason);
export const unsafe = (reason: string): WeightsRefusal => new WeightsRefusal('UNSAFE', reason);
export const unsupported = (reason: string): WeightsRefusal => new WeightsRefusal('UNSUPPORTED', reason);
export const tooLarge = (reason: string): WeightsRefusal => new WeightsRefusal('TOO_LARGE', reason);

/** What a hostile file provokes beyond the checks (a stack that overflows, an array too long) refuses it as well. */
export function asRefusal(error: unknown): WeightsRefusal {
  if (error instanceof WeightsRefusal) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError) return new WeightsRefusal('TOO_LARGE', `It asks for too much: ${message}.`);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return new WeightsRefusal('UNREADABLE', `It cannot be read: ${message}.`, { cause: error });
  }
  return new WeightsRefusal('DAMAGED', `It cannot be made sense of: ${message}.`, { cause: error });
}
