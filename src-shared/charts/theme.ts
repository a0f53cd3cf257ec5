/** Colours and type of all charts; the class colours are the same on screen and paper (Okabe–Ito). */
export interface ChartTheme {
  ground: string;
  text: string;
  quiet: string;
  line: string;
  fontFamily: string;
}

export const darkTheme: ChartTheme = {
  ground: '#141922',
  text: '#e6eaf0',
  quiet: '#9aa7b8',
  line: '#2a3344',
  fontFamily: "'Inter Variable', system-ui, sans-serif",
};

export const lightTheme: ChartTheme = {
  ground: '#ffffff',
  text: '#17202c',
  quiet: '#536174',
  line: '#d3dae4',
  fontFamily: 'system-ui, sans-serif',
};

export const positiveColor = '#e69f00';
export const negativeColor = '#56b4e9';
/** Runs beside each other: Okabe–Ito without yellow, which white paper swallows. */
export const runColors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const;

export function runColor(place: number): string {
  return runColors[place % runColors.length] ?? runColors[0];
}

/** What every chart with two value axes shares; no animation, nothing moves for its own sake. */
export function chartFrame(theme: ChartTheme) {
  return {
    animation: false,
    backgroundColor: theme.ground,
    textStyle: { fontFamily: theme.fontFamily, color: theme.text },
    grid: { left: 52, right: 18, top: 34, bottom: 46 },
    legend: {
      top: 2,
      left: 'center',
      itemWidth: 16,
      itemHeight: 8,
      textStyle: { color: theme.text, fontSize: 11, fontFamily: theme.fontFamily },
    },
  };
}

/** A value axis with its name in the middle, outside the labels. */
export function valueAxis(theme: ChartTheme, name: string, range: { min?: number; max?: number } = {}) {
  return {
    type: 'value' as const,
    name,
    nameLocation: 'middle' as const,
    nameGap: 30,
    nameTextStyle: { color: theme.text, fontSize: 11, fontFamily: theme.fontFamily },
    axisLabel: { color: theme.quiet, fontSize: 10, fontFamily: theme.fontFamily },
    axisLine: { show: true, lineStyle: { color: theme.quiet } },
    splitLine: { lineStyle: { color: theme.line, width: 0.6 } },
    ...range,
  };
}

/** Both axes 0 … 1 in steps of 0.2. */
export function shareAxis(theme: ChartTheme, name: string) {
  return { ...valueAxis(theme, name, { min: 0, max: 1 }), interval: 0.2 };
}
