import { createHash } from 'node:crypto';
import { lightTheme } from '../../src-shared/charts/index.ts';
import type { Block, Figure, Section, TableBlock } from './blocks.ts';
import type { FailurePictures } from './failurePictures.ts';
import type { ReportModel } from './model.ts';
import { keyFigures, reportSections } from './sections.ts';
import { escapeMarkup } from './svg.ts';

const style = `
:root { color-scheme: light; --text: #17202c; --quiet: #536174; --line: #d3dae4; --accent: #0b6aa6; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 980px; padding: 32px 24px 64px; color: var(--text); background: #fff; font: 14px/1.45 system-ui, 'Segoe UI', Roboto, sans-serif; font-variant-numeric: tabular-nums; }
header small { color: var(--accent); font-weight: 600; letter-spacing: 0.12em; }
h1 { font-size: 30px; line-height: 1.15; margin: 4px 0; overflow-wrap: anywhere; }
h2 { color: var(--accent); font-size: 20px; margin: 40px 0 10px; padding-top: 12px; border-top: 1px solid var(--line); }
h3 { font-size: 15px; margin: 22px 0 6px; }
p, li { max-width: 76ch; }
.quiet, figcaption, caption { color: var(--quiet); }
.notice { display: inline-block; margin: 12px 0; padding: 6px 12px; background: #fdf3da; color: #8a5a00; font-weight: 600; border-radius: 4px; }
nav ol { columns: 2; padding-left: 0; list-style: none; }
nav a { color: var(--accent); }
.scroll { overflow-x: auto; margin: 8px 0 18px; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-bottom: 4px; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { color: var(--quiet); font-weight: 600; border-bottom-color: var(--quiet); }
.facts th { width: 210px; color: var(--quiet); font-weight: 400; }
.right { text-align: right; }
.dense { font-size: 12px; }
.strong td { font-weight: 600; }
.figures { display: flex; flex-wrap: wrap; gap: 18px; margin: 10px 0 18px; }
figure { margin: 0; flex: 1 1 380px; max-width: 470px; }
figure.wide { flex-basis: 100%; max-width: 100%; }
figure svg { width: 100%; height: auto; display: block; }
figcaption { font-size: 13px; }
footer { margin-top: 48px; padding-top: 10px; border-top: 1px solid var(--line); color: var(--quiet); }
@media print {
  @page { size: A4; margin: 16mm 14mm 18mm; @bottom-left { content: 'For research use. Not a medical device.'; font: 8pt sans-serif; } @bottom-right { content: counter(page) ' / ' counter(pages); font: 8pt sans-serif; } }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  h2, h3 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  .new-page { break-before: page; }
}
`;

/** The report as one HTML file: no script, no reference to anything outside, every text escaped, drawings inline. */
export function reportHtml(model: ReportModel, pictures: FailurePictures = {}): string {
  const sections = reportSections(model, pictures);
  // Style attributes are those of the inline drawings; the one style element is named by its hash.
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src-elem 'sha256-${hash}'; style-src-attr 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
  const by = model.author === '' ? '' : `${model.author} · `;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeMarkup(policy).replaceAll('&#39;', "'")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeMarkup(model.title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<small>EVALUATION REPORT</small>
<h1>${escapeMarkup(model.project.name)}</h1>
<div class="quiet">${escapeMarkup(`${by}${model.createdAt.slice(0, 10)} · Parenchyma ${model.softwareVersion}`)}</div>
<div class="notice">${escapeMarkup(model.notice)}</div>
<h3>Key figures</h3>
${blockHtml(keyFigures(model))}
</header>
<nav aria-label="Contents"><ol>${sections.map((one) => `<li><a href="#section-${one.number}">${one.number} ${escapeMarkup(one.title)}</a></li>`).join('')}</ol></nav>
<main>
${sections.map(sectionHtml).join('\n')}
</main>
<footer>${escapeMarkup(model.notice)}</footer>
</body>
</html>
`;
}

function sectionHtml(section: Section): string {
  return `<section id="section-${section.number}"${section.newPage ? ' class="new-page"' : ''}>
<h2>${section.number} ${escapeMarkup(section.title)}</h2>
${section.blocks.map(blockHtml).join('\n')}
</section>`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'subheading':
      return `<h3>${escapeMarkup(block.text)}</h3>`;
    case 'paragraph':
      return `<p${block.quiet ? ' class="quiet"' : ''}>${escapeMarkup(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escapeMarkup(item)}</li>`).join('')}</ul>`;
    case 'facts':
      return `<div class="scroll"><table class="facts"><tbody>${block.rows
        .map(([name, value]) => `<tr><th scope="row">${escapeMarkup(name)}</th><td>${escapeMarkup(value)}</td></tr>`)
        .join('')}</tbody></table></div>`;
    case 'table':
      return tableHtml(block.table);
    case 'figures':
      return `<div class="figures">${block.figures.map(figureHtml).join('')}</div>`;
  }
}

function tableHtml(table: TableBlock): string {
  const align = (column: number): string => (table.columns[column]?.align === 'right' ? ' class="right"' : '');
  const caption = table.caption === undefined ? '' : `<caption>${escapeMarkup(table.caption)}</caption>`;
  const head = table.columns
    .map((column, place) => `<th scope="col"${align(place)}>${escapeMarkup(column.title)}</th>`)
    .join('');
  const body = table.rows
    .map((row, place) => {
      const cells = row.map((text, column) => `<td${align(column)}>${escapeMarkup(text)}</td>`).join('');
      return `<tr${table.strongRows?.includes(place) ? ' class="strong"' : ''}>${cells}</tr>`;
    })
    .join('\n');
  return `<div class="scroll"><table${table.dense ? ' class="dense"' : ''}>${caption}<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function figureHtml(figure: Figure): string {
  const drawing = figure
    .draw(lightTheme)
    .replace('<svg ', `<svg role="img" aria-label="${escapeMarkup(figure.caption)}" `);
  return `<figure${figure.wide ? ' class="wide"' : ''}>${drawing}<figcaption>${escapeMarkup(figure.caption)}</figcaption></figure>`;
}
