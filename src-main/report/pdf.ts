import pdfmake from 'pdfmake';
import type { Content, TDocumentDefinitions, TableCell } from 'pdfmake/interfaces.js';
import { lightTheme } from '../../src-shared/charts/index.ts';
import { shorten } from '../../src-shared/domain/format.ts';
import type { Block, Figure, Section, TableBlock } from './blocks.ts';
import type { ReportModel } from './model.ts';
import type { FailurePictures } from './failurePictures.ts';
import { packagedFont, pdfFonts, type PdfFonts } from './pdfFonts.ts';
import { keyFigures, reportSections } from './sections.ts';

/** A4 in points, less the margins. */
const textWidth = 595.28 - 2 * 46;
const colors = { text: '#17202c', quiet: '#536174', line: '#d3dae4', accent: '#0b6aa6', band: '#f3f6fa' } as const;
const theme = { ...lightTheme, fontFamily: packagedFont };

/** The report as a tagged PDF, A4. Nothing but font files is read, the packaged ones and those of scripts that they lack; no address is opened. */
export async function reportPdf(model: ReportModel, pictures: FailurePictures = {}): Promise<Uint8Array> {
  const text = JSON.stringify(model);
  try {
    return await draw(model, pictures, pdfFonts(text));
  } catch {
    // A font of the machine that cannot be read does not keep the report from being written.
    return draw(
      model,
      pictures,
      pdfFonts(text, () => false),
    );
  }
}

function draw(model: ReportModel, pictures: FailurePictures, fonts: PdfFonts): Promise<Uint8Array> {
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => fonts.paths.has(path));
  pdfmake.setFonts(fonts.fonts);
  return pdfmake.createPdf(documentDefinition(model, pictures, fonts)).getBuffer();
}

const lackingWords =
  'This machine has no font for some of the letters in names; boxes stand for them here. The HTML, CSV and JSON report have them.';

function documentDefinition(model: ReportModel, pictures: FailurePictures, fonts: PdfFonts): TDocumentDefinitions {
  const content = [...titleContent(model, fonts.lacking), ...reportSections(model, pictures).flatMap(sectionContent)];
  return {
    pageSize: 'A4',
    pageMargins: [46, 54, 46, 52],
    tagged: true,
    displayTitle: true,
    language: 'en',
    info: {
      title: model.title,
      author: model.author,
      subject: model.notice,
      creator: `Parenchyma ${model.softwareVersion}`,
    },
    defaultStyle: { font: packagedFont, fontSize: 9, lineHeight: 1.2, color: colors.text },
    header: (page) =>
      page === 1
        ? ''
        : fonts.dress({ text: shorten(model.title, 70), margin: [46, 24, 46, 0], fontSize: 7.5, color: colors.quiet }),
    footer: (page, pages) => ({
      margin: [46, 16, 46, 0],
      fontSize: 7.5,
      color: colors.quiet,
      columns: [
        { text: model.notice, bold: true, width: 'auto' },
        { text: `Page ${page} of ${pages}`, alignment: 'right' },
      ],
    }),
    content: content.map(fonts.dress),
  };
}

function titleContent(model: ReportModel, lacking: boolean): Content[] {
  const by = model.author === '' ? '' : `${model.author} · `;
  return [
    { text: 'EVALUATION REPORT', fontSize: 8, bold: true, color: colors.accent, characterSpacing: 1.2 },
    { text: model.project.name, fontSize: 22, bold: true, margin: [0, 2, 0, 0], lineHeight: 1.1 },
    {
      text: `${by}${model.createdAt.slice(0, 10)} · Parenchyma ${model.softwareVersion}`,
      color: colors.quiet,
      margin: [0, 2, 0, 10],
    },
    {
      table: { widths: ['*'], body: [[{ text: model.notice, bold: true, color: '#8a5a00', fillColor: '#fdf3da' }]] },
      layout: {
        hLineWidth: () => 0,
        vLineWidth: () => 0,
        paddingLeft: () => 8,
        paddingTop: () => 5,
        paddingBottom: () => 3,
      },
      margin: [0, 0, 0, 12],
    },
    ...(lacking ? [{ text: lackingWords, color: colors.quiet, margin: [0, 0, 0, 8] } satisfies Content] : []),
    { text: 'Key figures', fontSize: 11, bold: true, margin: [0, 0, 0, 4] },
    blockContent(keyFigures(model)),
  ];
}

function sectionContent(section: Section): Content[] {
  const heading: Content = {
    text: `${section.number}  ${section.title}`,
    fontSize: 14,
    bold: true,
    color: colors.accent,
    margin: [0, section.newPage ? 0 : 14, 0, 6],
  };
  const parts = keepTogether(section.blocks);
  const [first, ...rest] = parts;
  const opening: Content =
    first === undefined ? heading : { stack: [heading, first.content], unbreakable: first.short };
  // The page break stands on a node of its own: inside what must not break, pdfmake would lose the heading.
  const pageBreak: Content[] = section.newPage
    ? [{ text: '', pageBreak: 'before', fontSize: 0.1, lineHeight: 0.1 }]
    : [];
  return [...pageBreak, opening, ...rest.map((part) => part.content)];
}

interface Part {
  content: Content;
  /** Fits on one page, so that a heading may be tied to it. */
  short: boolean;
}

/** Blocks as content, a subheading tied to what follows it. */
function keepTogether(blocks: readonly Block[]): Part[] {
  const parts: Part[] = [];
  let headings: Content[] = [];
  for (const block of blocks) {
    if (block.kind === 'subheading') {
      headings.push(blockContent(block));
      continue;
    }
    const content = blockContent(block);
    const short = isShort(block);
    parts.push({
      content: headings.length === 0 ? content : { stack: [...headings, content], unbreakable: short },
      short,
    });
    headings = [];
  }
  return headings.length === 0 ? parts : [...parts, { content: headings, short: true }];
}

function isShort(block: Block): boolean {
  if (block.kind === 'table') return block.table.rows.length <= 16;
  if (block.kind === 'figures') return block.figures.length <= 2;
  return block.kind !== 'list' || block.items.length <= 6;
}

function blockContent(block: Block): Content {
  switch (block.kind) {
    case 'subheading':
      return { text: block.text, fontSize: 10.5, bold: true, margin: [0, 8, 0, 3] };
    case 'paragraph':
      return { text: block.text, margin: [0, 0, 0, 6], ...(block.quiet ? { color: colors.quiet } : {}) };
    case 'list':
      return { ul: [...block.items], margin: [0, 0, 0, 6], markerColor: colors.quiet };
    case 'facts':
      return factsContent(block.rows);
    case 'table':
      return tableContent(block.table);
    case 'figures':
      return { stack: figureRows(block.figures).map(figureRow) };
  }
}

/** A word longer than its column may break anywhere; other text breaks between words. */
function wordBreak(text: string, longest: number): { wordBreak?: 'break-all' } {
  return text.split(/\s/).some((word) => word.length > longest) ? { wordBreak: 'break-all' } : {};
}

const layout = {
  hLineWidth: (row: number, node: { table: { body: unknown[] } }) =>
    row === 1 || row === node.table.body.length ? 0.8 : 0.4,
  vLineWidth: () => 0,
  hLineColor: (row: number) => (row <= 1 ? colors.quiet : colors.line),
  paddingTop: () => 2.6,
  paddingBottom: () => 1.6,
  paddingLeft: () => 4,
  paddingRight: () => 4,
};

function factsContent(rows: readonly (readonly [string, string])[]): Content {
  return {
    table: {
      widths: [112, '*'],
      body: rows.map(([name, value]): TableCell[] => [
        { text: name, color: colors.quiet },
        { text: value, ...wordBreak(value, 68) },
      ]),
    },
    layout: {
      ...layout,
      hLineWidth: (row, node) => (row === 0 || row === node.table.body.length ? 0 : 0.4),
      hLineColor: () => colors.line,
    },
    margin: [0, 0, 0, 8],
  };
}

function tableContent(table: TableBlock): Content {
  const fontSize = table.dense ? 7.5 : 8.5;
  const body: TableCell[][] = [
    table.columns.map((column) => ({
      text: column.title,
      bold: true,
      alignment: column.align ?? 'left',
      color: colors.quiet,
    })),
    ...table.rows.map((row, place) =>
      row.map((text, column) => ({
        text,
        ...wordBreak(text, 24),
        alignment: table.columns[column]?.align ?? 'left',
        ...(table.strongRows?.includes(place) ? { bold: true } : {}),
      })),
    ),
  ];
  const caption: Content[] =
    table.caption === undefined
      ? []
      : [{ text: table.caption, fontSize: 8, color: colors.quiet, margin: [0, 0, 0, 3] }];
  return {
    stack: [
      ...caption,
      {
        table: {
          headerRows: 1,
          dontBreakRows: true,
          widths: table.columns.map((column) => (column.wide ? '*' : 'auto')),
          body,
        },
        layout: table.dense ? { ...layout, paddingTop: () => 1.5, paddingBottom: () => 0.6 } : layout,
        fontSize,
      },
    ],
    margin: [0, 0, 0, 10],
    ...(isShort({ kind: 'table', table }) ? { unbreakable: true } : {}),
  };
}

function figureRows(figures: readonly Figure[]): Figure[][] {
  const rows: Figure[][] = [];
  for (const figure of figures) {
    const last = rows.at(-1);
    if (figure.wide || last === undefined || last.length === 2 || last[0]?.wide) rows.push([figure]);
    else last.push(figure);
  }
  return rows;
}

function figureRow(figures: readonly Figure[]): Content {
  const gap = 14;
  const columns = figures.map((figure) => {
    const width = figure.wide ? textWidth : (textWidth - gap) / 2;
    return {
      width,
      stack: [
        { svg: figure.draw(theme), width },
        {
          text: figure.caption,
          fontSize: 8,
          color: colors.quiet,
          margin: [0, 3, 0, 0] as [number, number, number, number],
        },
      ],
    };
  });
  return { columns, columnGap: gap, margin: [0, 2, 0, 10], unbreakable: true };
}
