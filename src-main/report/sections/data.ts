import { lightTheme } from '../../../src-shared/charts/index.ts';
import { formatCount } from '../../../src-shared/domain/format.ts';
import type { Block } from '../blocks.ts';
import { flowDiagram } from '../flowDiagram.ts';
import type { ReportModel } from '../model.ts';

/** Section 2: sources, flow of exclusions, labels, split, findings. */
export function dataBlocks({ data, project }: ReportModel): Block[] {
  const { width, height } = flowDiagram(data.flow, lightTheme);
  return [
    {
      kind: 'table',
      table: {
        columns: [
          { title: 'Source' },
          { title: 'Files', wide: true },
          { title: 'Images', align: 'right' },
          { title: 'Patients', align: 'right' },
        ],
        rows: data.sources.map((one) => [one.name, one.formats, formatCount(one.images), formatCount(one.patients)]),
      },
    },
    {
      kind: 'figures',
      figures: [
        {
          caption: 'Flow of files and images into the sets.',
          width,
          height,
          wide: true,
          draw: (theme) => flowDiagram(data.flow, theme).svg,
        },
      ],
    },
    {
      kind: 'table',
      table: {
        columns: [
          { title: 'Class', wide: true },
          { title: 'Images', align: 'right' },
          { title: 'Patients', align: 'right' },
          ...data.flow.sets.map((set) => ({ title: `${set.set}, images`, align: 'right' as const })),
        ],
        rows: project.classes.map((one) => [
          one.positive ? `${one.name} (positive)` : one.name,
          formatCount(one.images),
          formatCount(one.patients),
          ...data.flow.sets.map((set) => formatCount(set.classes.find((own) => own.name === one.name)?.images ?? 0)),
        ]),
      },
    },
    { kind: 'subheading', text: 'Reference standard' },
    { kind: 'list', items: data.labels },
    { kind: 'subheading', text: 'Split' },
    { kind: 'list', items: data.split },
    { kind: 'subheading', text: 'Findings' },
    {
      kind: 'list',
      items: data.findings.length > 0 ? data.findings : ['No patient, file or identical image was found in two sets.'],
    },
    { kind: 'subheading', text: 'De-identification' },
    { kind: 'paragraph', text: data.deidentification },
  ];
}
