/** Numbers as text, once for screen and paper. A missing value is an en dash; the decimal sign is a point everywhere. */
const missing = '–';

/** Fixed decimals; never "-0.00". */
export function formatNumber(value: number | null | undefined, decimals = 2): string {
  if (value == null || !Number.isFinite(value)) return missing;
  const text = value.toFixed(decimals);
  const unsigned = text.replace(/^-(?=0(?:\.0*)?$)/, '');
  return unsigned.replace(/^-/, '−');
}

/** "0.91 [0.87, 0.95]"; the bracket is left out where there is no interval. One without width says nothing of the precision, and says so. */
export function formatInterval(
  interval: { value: number | null; low: number | null; high: number | null },
  decimals = 2,
): string {
  if (interval.value === null) return missing;
  const value = formatNumber(interval.value, decimals);
  if (interval.low === null || interval.high === null) return value;
  if (interval.low === interval.high) return `${value} (no variance)`;
  return `${value} ${formatBounds(interval, decimals)}`;
}

/** "[0.87, 0.95]". */
export function formatBounds(bounds: { low: number | null; high: number | null }, decimals = 2): string {
  return `[${formatNumber(bounds.low, decimals)}, ${formatNumber(bounds.high, decimals)}]`;
}

/** 12345 → "12,345". */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 image", "12 images". */
export function formatQuantity(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(value)} ${value === 1 ? singular : plural}`;
}

/** p values as journals print them: "0.032", "< 0.001". */
export function formatPValue(value: number | null): string {
  if (value === null) return missing;
  if (value < 0.001) return '< 0.001';
  return value.toFixed(value < 0.1 ? 3 : 2);
}

/** Seconds as "42 s", "6 min 5 s", "2 h 14 min"; what took some time is never "0 s". */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return missing;
  const whole = Math.max(0, Math.round(seconds));
  if (whole === 0 && seconds > 0) return '< 1 s';
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Bytes in binary units: "1.4 GiB". */
export function formatBytes(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) return missing;
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** At most `most` characters, the last an ellipsis where something was cut. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
