import {
  bandWords,
  precisionRecallChart,
  reliabilityChart,
  rocChart,
  scoreHistogram,
} from '../../../src-shared/charts/index.ts';
import type { TestOpening } from '../../../src-shared/contract/evaluation.ts';
import type { MetricsDocument } from '../../../src-shared/contract/metrics.ts';
import { formatBounds, formatCount, formatInterval, formatNumber } from '../../../src-shared/domain/format.ts';
import { intervalWords, shownAuc, shownClustered } from '../../../src-shared/domain/shownIntervals.ts';
import type { Block } from '../blocks.ts';
import type { ReportRunModel } from '../model.ts';
import { chartSvg } from '../svg.ts';
import { multiclassBlocks } from './multiclass.ts';

/** Section 5: the whole metrics document, on validation and test. */
export function resultBlocks(run: ReportRunModel, openings: readonly TestOpening[]): Block[] {
  const documents = [run.test, run.validation].filter((document) => document !== null);
  if (documents.length === 0) return [{ kind: 'paragraph', text: 'This run has not been evaluated.' }];
  return [
    ...documents.flatMap((document) => documentBlocks(document, isFrozen(run, document))),
    ...frozenBlocks(run),
    { kind: 'subheading', text: 'Openings of the test set' },
    openingBlock(openings),
  ];
}

/** The test set is opened with a frozen point only; on validation it may still be chosen anew. */
function isFrozen({ frozenPoints }: ReportRunModel, { set, operatingPoint }: MetricsDocument): boolean {
  return set === 'test' || frozenPoints.at(-1)?.threshold === operatingPoint.threshold;
}

function documentBlocks(document: MetricsDocument, frozen: boolean): Block[] {
  const name = document.set === 'test' ? 'Test set (internal testing)' : 'Validation set';
  const { operatingPoint: point, n } = document;
  const patients = n.patients === null ? '' : ` of ${formatCount(n.patients)} patients`;
  return [
    { kind: 'subheading', text: name },
    {
      kind: 'paragraph',
      text: `${formatCount(n.images)} images${patients}: ${formatCount(n.positive)} positive (${document.positiveClass}), ${formatCount(n.negative)} negative. An image is called positive at a probability of ${formatNumber(point.threshold, 4)} or more (${ruleWords(point, frozen)}).`,
    },
    { kind: 'table', table: figuresTable(document) },
    { kind: 'table', table: confusionTable(document) },
    ...multiclassBlocks(document),
    chartsBlock(document),
    ...(document.warnings.length > 0 ? [{ kind: 'list' as const, items: document.warnings }] : []),
  ];
}

function ruleWords({ rule, chosenOn }: MetricsDocument['operatingPoint'], frozen: boolean): string {
  const where = {
    validation: ` chosen on validation${frozen ? ' and frozen' : ', not frozen yet'}`,
    same: ' chosen on these images',
    none: '',
  }[chosenOn];
  if (rule === 'fixed') return 'fixed threshold';
  if (rule === 'youden') return `Youden’s J,${where}`;
  if (rule === 'manual') return `moved by hand,${where}`;
  return `highest specificity with sensitivity ≥ ${rule.slice('sensitivity>='.length)},${where}`;
}

function figuresTable(document: MetricsDocument) {
  const { patientLevel, confusion } = document;
  const clustered = shownClustered(document, 'auc');
  const proportion = (
    title: string,
    key: 'sensitivity' | 'specificity' | 'ppv' | 'npv' | 'accuracy',
    counts: string,
  ) => {
    const shown = key === 'ppv' || key === 'npv' ? null : shownClustered(document, key);
    const bounds = shown === null ? '–' : formatBounds(shown);
    return [
      title,
      formatInterval(document[key]),
      counts,
      bounds,
      patientLevel === null ? '–' : formatInterval(patientLevel[key]),
    ];
  };
  const { tp, fp, fn, tn } = confusion;
  const plain = (title: string, value: number | null, decimals = 3) => [
    title,
    formatNumber(value, decimals),
    '',
    '–',
    '–',
  ];
  return {
    caption: captionOf(document),
    columns: [
      { title: 'Figure', wide: true },
      { title: 'Per image' },
      { title: 'Counts', align: 'right' as const },
      { title: 'Clustered by patient' },
      { title: 'Per patient' },
    ],
    strongRows: [0],
    rows: [
      [
        'AUC',
        formatInterval(shownAuc(document.auc, smaller(document))),
        `${formatCount(document.n.positive)} + ${formatCount(document.n.negative)}`,
        clustered === null ? '–' : formatBounds(clustered),
        patientLevel === null ? '–' : formatInterval(shownAuc(patientLevel.auc, smaller(patientLevel))),
      ],
      ...delongRow(document),
      proportion('Sensitivity', 'sensitivity', `${tp}/${tp + fn}`),
      proportion('Specificity', 'specificity', `${tn}/${tn + fp}`),
      proportion('Positive predictive value', 'ppv', `${tp}/${tp + fp}`),
      proportion('Negative predictive value', 'npv', `${tn}/${tn + fn}`),
      proportion('Accuracy', 'accuracy', `${tp + tn}/${tp + fp + fn + tn}`),
      plain('F1', document.f1),
      plain('Matthews’ correlation', document.mcc),
      plain('Average precision', document.averagePrecision),
      plain('Brier score', document.brier),
      plain('Expected calibration error (10 bins)', document.ece.value),
      plain('Calibration slope', document.calibration.slope, 2),
      plain('Calibration intercept', document.calibration.intercept, 2),
    ],
  };
}

const smaller = ({ n }: { n: { positive: number; negative: number } }) => Math.min(n.positive, n.negative);

/** DeLong's own interval of the AUC, where another is shown. */
function delongRow(document: MetricsDocument): string[][] {
  if (shownAuc(document.auc, smaller(document)).method !== 'delong-logit') return [];
  return [['AUC with DeLong’s interval, a little too narrow here', formatInterval(document.auc), '', '–', '–']];
}

function captionOf(document: MetricsDocument): string {
  const { sensitivity, patientLevel } = document;
  const proportions = sensitivity.method === 'wilson' ? 'Wilson score intervals' : 'exact (Clopper–Pearson) intervals';
  const auc = shownAuc(document.auc, smaller(document));
  const patients =
    patientLevel === null
      ? ''
      : ` Per patient: ${aggregationWords(patientLevel.aggregation)}, ${formatCount(patientLevel.n.patients)} patients (${formatCount(patientLevel.n.positive)} positive), at the same threshold.`;
  return `95 % intervals: ${intervalWords[auc.method]} for the AUC, ${proportions} for proportions.${clusteredWords(document)}${patients} PPV and NPV hold for the share of positives in this set only.`;
}

/** How the clustered intervals were made; where patients are few the bootstrap’s stand beside the better ones. */
function clusteredWords(document: MetricsDocument): string {
  const { clustered } = document;
  if (clustered === null) return '';
  const bootstrap = `bootstrap of patients, ${formatCount(clustered.replicates)} replicates, seed ${clustered.seed}`;
  const shown = shownClustered(document, 'accuracy');
  if (shown?.method !== 'clustered-logit') return ` Clustered: ${bootstrap}.`;
  const others = (['auc', 'sensitivity', 'specificity', 'accuracy'] as const).map((one) =>
    formatBounds(clustered[one]),
  );
  return ` Clustered: ${intervalWords[shown.method]}, for the patients are few; by ${bootstrap}: ${others.join(', ')} for AUC, sensitivity, specificity and accuracy.`;
}

function aggregationWords(aggregation: string): string {
  if (aggregation === 'mean') return 'mean probability of the images';
  if (aggregation === 'max') return 'highest probability of the images';
  return `mean of the ${aggregation.slice('top-'.length, -'-mean'.length)} highest probabilities`;
}

function confusionTable({ confusion, positiveClass }: MetricsDocument) {
  const { tp, fp, fn, tn } = confusion;
  return {
    caption: 'Confusion matrix at the operating point (images).',
    columns: [
      { title: 'Reference standard', wide: true },
      { title: `Called ${positiveClass}`, align: 'right' as const },
      { title: 'Called negative', align: 'right' as const },
      { title: 'All', align: 'right' as const },
    ],
    rows: [
      [positiveClass, `${formatCount(tp)} true positive`, `${formatCount(fn)} false negative`, formatCount(tp + fn)],
      ['Negative', `${formatCount(fp)} false positive`, `${formatCount(tn)} true negative`, formatCount(fp + tn)],
      ['All', formatCount(tp + fp), formatCount(fn + tn), formatCount(tp + fp + fn + tn)],
    ],
  };
}

function chartsBlock(document: MetricsDocument): Block {
  const curve = { name: document.set === 'test' ? 'Test' : 'Validation', metrics: document };
  const size = { width: 400, height: 340 };
  return {
    kind: 'figures',
    figures: [
      {
        caption: ['ROC curve with the operating point (diamond).', bandWords(document)].filter(Boolean).join(' '),
        ...size,
        draw: (theme) => chartSvg(rocChart([curve], theme), size.width, size.height),
      },
      {
        caption: 'Precision and recall; dashed: the share of positives.',
        ...size,
        draw: (theme) => chartSvg(precisionRecallChart([curve], theme), size.width, size.height),
      },
      {
        caption:
          'Calibration: observed share by predicted probability, with Wilson 95 % intervals; larger points hold more images.',
        ...size,
        draw: (theme) => chartSvg(reliabilityChart([curve], theme), size.width, size.height),
      },
      {
        caption: 'Images by probability and class; dashed: the threshold.',
        ...size,
        draw: (theme) => chartSvg(scoreHistogram(curve, theme), size.width, size.height),
      },
    ],
  };
}

/** Who froze the operating point, when and why. */
function frozenBlocks({ frozenPoints }: ReportRunModel): Block[] {
  if (frozenPoints.length === 0) return [];
  return [
    { kind: 'subheading', text: 'Freezing of the operating point' },
    {
      kind: 'table',
      table: {
        columns: [
          { title: 'When (UTC)' },
          { title: 'Probability ≥', align: 'right' as const },
          { title: 'Rule' },
          { title: 'By' },
          { title: 'Reason', wide: true },
        ],
        rows: frozenPoints.map((one) => [
          one.at.slice(0, 16).replace('T', ' '),
          formatNumber(one.threshold, 4),
          ruleWords(one, true),
          one.frozenBy,
          one.reason === '' ? '–' : one.reason,
        ]),
      },
    },
  ];
}

function openingBlock(openings: readonly TestOpening[]): Block {
  if (openings.length === 0) return { kind: 'paragraph', text: 'The test set has not been opened.' };
  return {
    kind: 'table',
    table: {
      caption: `The test set was opened ${openings.length === 1 ? 'once' : `${openings.length} times`} before this report.`,
      columns: [{ title: 'When (UTC)' }, { title: 'By', wide: true }, { title: 'Run' }],
      rows: openings.map((one) => [one.at.slice(0, 16).replace('T', ' '), one.openedBy, one.run]),
    },
  };
}
