import type { Block } from '../blocks.ts';
import type { ReportModel } from '../model.ts';
import { formatBytes } from '../../../src-shared/domain/format.ts';

/** Section 1: what this is for, who made it when and on what machine. */
export function aboutBlocks(model: ReportModel): Block[] {
  const backends = new Map(
    model.runs.flatMap((run) => {
      if (run.backend === null) return [];
      const { backend, libraryVersion, device, driver, memoryBytes, threads } = run.backend;
      const parts = [
        `${backend} ${libraryVersion}`,
        device,
        driver === null ? '' : `driver ${driver}`,
        memoryBytes === null ? '' : formatBytes(memoryBytes),
        threads === null ? '' : `${threads} threads`,
      ];
      const words = parts.filter(Boolean).join(', ');
      return [[words, words] as const];
    }),
  );
  return [
    { kind: 'paragraph', text: `${model.notice} ${model.intendedUse}` },
    {
      kind: 'facts',
      rows: [
        ['Project', model.project.name],
        [
          'Classes',
          model.project.classes.map((one) => (one.positive ? `${one.name} (positive)` : one.name)).join(', '),
        ],
        ['Answers for the report', model.author === '' ? 'not named' : model.author],
        ['Written', `${model.createdAt.slice(0, 16).replace('T', ' ')} UTC`],
        ['Runs', model.runs.map((run) => `Run ${run.number}`).join(', ')],
        ['Software', `Parenchyma ${model.softwareVersion}`],
        ['Engine and device', backends.size === 0 ? 'not recorded' : [...backends.keys()].join('; ')],
      ],
    },
  ];
}
