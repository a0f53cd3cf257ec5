/** What a chart says where the pointer is: one line per named curve, built as elements so that no name is ever taken for markup. */
import type { EChartsOption } from 'echarts';
import type { ChartTheme } from '../../src-shared/charts/index.ts';
import { formatNumber } from '../../src-shared/domain/format.ts';

export interface TooltipLine {
  name: string;
  color: string;
  x: number;
  y: number;
}

/** The named series among ECharts' tooltip parameters; helper lines (chance, intervals) have no name of their own. */
export function tooltipLines(parameters: unknown): TooltipLine[] {
  const list: unknown[] = Array.isArray(parameters) ? parameters : [parameters];
  return list.flatMap((one) => {
    if (typeof one !== 'object' || one === null) return [];
    if (!('seriesName' in one) || !('value' in one) || !Array.isArray(one.value)) return [];
    const name = String(one.seriesName);
    // ECharts names a nameless series "series\0N".
    if (name === '' || name.startsWith('series\u0000')) return [];
    const [x, y]: unknown[] = one.value;
    if (typeof x !== 'number' || typeof y !== 'number') return [];
    return [{ name, color: 'color' in one ? String(one.color) : '', x, y }];
  });
}

function element(lines: readonly TooltipLine[]): HTMLElement {
  const list = document.createElement('div');
  for (const line of lines) {
    const row = document.createElement('div');
    const dot = document.createElement('span');
    dot.style.cssText = 'display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:6px';
    dot.style.background = line.color;
    const x = Number.isInteger(line.x) ? String(line.x) : formatNumber(line.x, 3);
    row.append(dot, `${line.name}  (${x}; ${formatNumber(line.y, 3)})`);
    list.append(row);
  }
  return list;
}

export function chartTooltip(theme: ChartTheme): EChartsOption['tooltip'] {
  return {
    trigger: 'axis',
    confine: true,
    transitionDuration: 0,
    backgroundColor: theme.ground,
    borderColor: theme.line,
    textStyle: { color: theme.text, fontSize: 12, fontFamily: theme.fontFamily },
    axisPointer: { lineStyle: { color: theme.quiet, type: 'dotted' } },
    formatter: (parameters: unknown) => {
      const lines = tooltipLines(parameters);
      return lines.length > 0 ? element(lines) : '';
    },
  };
}
