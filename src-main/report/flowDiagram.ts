import type { ChartTheme } from '../../src-shared/charts/index.ts';
import { formatCount, formatQuantity, shorten } from '../../src-shared/domain/format.ts';
import type { Flow } from './model.ts';
import { escapeMarkup } from './svg.ts';

const width = 760;
const lineHeight = 16;
const padding = 9;

interface Box {
  x: number;
  y: number;
  width: number;
  lines: string[];
}

/** Reasons shown one by one; the rest is summed up. */
const mostReasons = 8;

/** Flow diagram of exclusions (STARD): from the files found to the sets. Returns SVG and its height in pixels. */
export function flowDiagram(flow: Flow, theme: ChartTheme): { svg: string; width: number; height: number } {
  const main = { x: 20, width: 300 };
  const side = { x: 430, width: 310 };
  const found: Box = { ...main, y: 6, lines: [`Files found: ${formatCount(flow.filesFound)}`] };
  const refused: Box = { ...side, y: 6, lines: refusedLines(flow) };
  const images: Box = {
    ...main,
    y: below(found, refused),
    lines: [`Images in the project: ${formatCount(flow.images)}`, `Patients: ${formatCount(flow.patients)}`],
  };
  const unused: Box = {
    ...side,
    y: images.y,
    lines: [
      'Not used',
      `Without a label: ${formatCount(flow.unlabelled)}`,
      `Labelled, in no set: ${formatCount(flow.outsideSplit)}`,
      ...excludedLines(flow),
    ],
  };
  const setsTop = below(images, unused);
  const setWidth = (width - 40 - 2 * 20) / 3;
  const sets = flow.sets.map((set, place): Box => ({
    x: 20 + place * (setWidth + 20),
    y: setsTop,
    width: setWidth,
    lines: [
      `${set.set[0]?.toUpperCase() ?? ''}${set.set.slice(1)}`,
      `${formatQuantity(set.images, 'image')}, ${formatQuantity(set.patients, 'patient')}`,
      ...set.classes.map((one) => `${shorten(one.name, 18)}: ${formatCount(one.images)}`),
    ],
  }));
  const height = Math.max(...[images, unused, ...sets].map((box) => box.y + boxHeight(box))) + 8;
  const trunk = main.x + main.width / 2;
  const fork = setsTop - 14;
  const lines = [
    arrow(trunk, found.y + boxHeight(found), trunk, images.y, theme),
    arrow(main.x + main.width, found.y + boxHeight(found) / 2, side.x, found.y + boxHeight(found) / 2, theme),
    arrow(main.x + main.width, images.y + boxHeight(images) / 2, side.x, images.y + boxHeight(images) / 2, theme),
    ...(sets.length === 0 ? [] : [line(trunk, images.y + boxHeight(images), trunk, fork, theme)]),
    ...(sets.length < 2 ? [] : [line(middle(sets[0]!), fork, middle(sets.at(-1)!), fork, theme)]),
    ...sets.map((box) => arrow(middle(box), fork, middle(box), box.y, theme)),
  ];
  const boxes = [found, refused, images, unused, ...sets].map((box) => drawBox(box, theme));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escapeMarkup(theme.fontFamily)}" font-size="12">${lines.join('')}${boxes.join('')}</svg>`;
  return { svg, width, height };
}

/** Images left out on purpose, with the reasons. */
function excludedLines({ excluded }: Flow): string[] {
  const sorted = [...excluded].sort((first, second) => second.images - first.images);
  const rest = sorted.slice(mostReasons).reduce((sum, one) => sum + one.images, 0);
  const lines = sorted
    .slice(0, mostReasons)
    .map(({ reason, images }) => `Excluded, ${shorten(reason, 28)}: ${formatCount(images)}`);
  return rest === 0 ? lines : [...lines, `Excluded for other reasons: ${formatCount(rest)}`];
}

function refusedLines(flow: Flow): string[] {
  const reasons = [...flow.refused].sort((first, second) => second.files - first.files);
  const rest = reasons.slice(mostReasons).reduce((sum, one) => sum + one.files, 0);
  return [
    'Left out',
    `Duplicates of other files: ${formatCount(flow.duplicates)}`,
    ...reasons.slice(0, mostReasons).map((one) => `${shorten(one.reason, 40)}: ${formatCount(one.files)}`),
    ...(rest > 0 ? [`Other reasons: ${formatCount(rest)}`] : []),
    ...(reasons.length === 0 ? ['Refused: 0'] : []),
  ];
}

const boxHeight = (box: Box): number => box.lines.length * lineHeight + 2 * padding;
const middle = (box: Box): number => box.x + box.width / 2;
const below = (...boxes: Box[]): number => Math.max(...boxes.map((box) => box.y + boxHeight(box))) + 30;

function drawBox(box: Box, theme: ChartTheme): string {
  const texts = box.lines.map(
    (text, place) =>
      `<text x="${box.x + 12}" y="${box.y + padding + 12 + place * lineHeight}" fill="${place === 0 ? theme.text : theme.quiet}"${place === 0 ? ' font-weight="bold"' : ''}>${escapeMarkup(text)}</text>`,
  );
  return `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${boxHeight(box)}" fill="${theme.ground}" stroke="${theme.quiet}" stroke-width="0.8"/>${texts.join('')}`;
}

function line(x1: number, y1: number, x2: number, y2: number, theme: ChartTheme): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${theme.quiet}" stroke-width="1"/>`;
}

function arrow(x1: number, y1: number, x2: number, y2: number, theme: ChartTheme): string {
  const head =
    x1 === x2
      ? `${x2 - 4},${y2 - 7} ${x2 + 4},${y2 - 7} ${x2},${y2}`
      : `${x2 - 7},${y2 - 4} ${x2 - 7},${y2 + 4} ${x2},${y2}`;
  return `${line(x1, y1, x2, y2, theme)}<polygon points="${head}" fill="${theme.quiet}"/>`;
}
