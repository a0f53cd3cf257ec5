import { formatBounds, formatInterval, formatNumber } from '../../../src-shared/domain/format.ts';
import { encodeDicomFile, uidFrom, type DicomElement } from '../../platform/dicomFile.ts';
import type { ReportModel, ReportPredictionRow, ReportRunModel } from '../model.ts';
import {
  codedItem,
  codeItem,
  container,
  containerValue,
  dcm,
  imageItem,
  numberItem,
  own,
  personItem,
  plainText,
  privateScheme,
  referencedImage,
  sequence,
  text,
  textItem,
  uidItem,
} from './content.ts';

/** A prediction on an image that came from DICOM. */
export type DicomPrediction = ReportPredictionRow & { dicom: NonNullable<ReportPredictionRow['dicom']> };

const comprehensiveSr = '1.2.840.10008.5.1.4.1.1.88.33';

/**
 * What one run says of the images of one study: a Comprehensive SR by template 1500 (Imaging Measurement Report), a measurement group
 * by template 1501 for each image. Patient and UIDs are pseudonyms, as everywhere in the report. `images` are of one study and not empty.
 */
export function studyReport(model: ReportModel, run: ReportRunModel, images: readonly DicomPrediction[]): Uint8Array {
  const { study } = images[0]!.dicom;
  const key = `${study}/${run.id}/${run.model.weightsSha256 ?? ''}/${model.createdAt}`;
  const instance = uidFrom(`${key}/structured report`);
  return encodeDicomFile(comprehensiveSr, instance, [
    ...header(model, images[0]!.patient, { study, series: uidFrom(`${key}/series`), instance }),
    sequence(0x0040a375, evidence(study, images)),
    text(0x0040a040, 'CS', 'CONTAINER'),
    sequence(0x0040a043, codeItem(dcm('126000', 'Imaging Measurement Report'))),
    ...containerValue(
      [
        ...context(model, run),
        textItem('CONTAINS', dcm('121106', 'Comment'), `${model.notice} ${model.intendedUse}`),
        container(
          dcm('126010', 'Imaging Measurements'),
          images.map((image) => measurementGroup(run, image)),
        ),
        ...performance(run),
      ],
      '1500',
    ),
  ]);
}

/** Patient, study, series, equipment and document, in so far as the modules want them (PS3.3 section A.35.3). */
function header(
  model: ReportModel,
  patient: string,
  uids: { study: string; series: string; instance: string },
): DicomElement[] {
  const date = model.createdAt.slice(0, 10).replaceAll('-', '');
  const time = model.createdAt.slice(11, 19).replaceAll(':', '');
  return [
    text(0x00080005, 'CS', 'ISO_IR 192'),
    text(0x00080016, 'UI', comprehensiveSr),
    text(0x00080018, 'UI', uids.instance),
    text(0x00080020, 'DA', ''),
    text(0x00080023, 'DA', date),
    text(0x00080030, 'TM', ''),
    text(0x00080033, 'TM', time),
    text(0x00080050, 'SH', ''),
    text(0x00080060, 'CS', 'SR'),
    text(0x00080070, 'LO', 'Parenchyma'),
    text(0x00080090, 'PN', ''),
    sequence(0x00080110, [
      text(0x00080102, 'SH', privateScheme),
      text(0x00080115, 'ST', 'Parenchyma, codes of classifier evaluations'),
      text(0x00080116, 'ST', 'Parenchyma'),
    ]),
    text(0x00080201, 'SH', '+0000'),
    text(0x0008103e, 'LO', 'Evaluation of a CT classifier'),
    text(0x00081090, 'LO', 'Parenchyma'),
    sequence(0x00081111),
    text(0x00100010, 'PN', patient),
    text(0x00100020, 'LO', patient),
    text(0x00100030, 'DA', ''),
    text(0x00100040, 'CS', ''),
    text(0x00120062, 'CS', 'YES'),
    text(0x00120063, 'LO', 'Pseudonym in place of identity; UIDs replaced; no dates'),
    text(0x00181020, 'LO', model.softwareVersion),
    text(0x0020000d, 'UI', uids.study),
    text(0x0020000e, 'UI', uids.series),
    text(0x00200010, 'SH', ''),
    text(0x00200011, 'IS', '1'),
    text(0x00200013, 'IS', '1'),
    sequence(0x0040a372),
    text(0x0040a491, 'CS', 'COMPLETE'),
    text(0x0040a493, 'CS', 'UNVERIFIED'),
  ];
}

/** Current Requested Procedure Evidence: the images of the study by series. */
function evidence(study: string, images: readonly DicomPrediction[]): DicomElement[] {
  const bySeries = new Map<string, Map<string, DicomElement[]>>();
  for (const { dicom } of images) {
    const instances = bySeries.get(dicom.series) ?? new Map<string, DicomElement[]>();
    instances.set(dicom.instance, referencedImage({ ...dicom, frame: null }));
    bySeries.set(dicom.series, instances);
  }
  const series = [...bySeries].map(([uid, instances]) => [
    sequence(0x00081199, ...instances.values()),
    text(0x0020000e, 'UI', uid),
  ]);
  return [sequence(0x00081115, ...series), text(0x0020000d, 'UI', study)];
}

/** Language, who observed (the model, and the person who answers for the report), and the procedure (template 1500). */
function context(model: ReportModel, run: ReportRunModel): DicomElement[][] {
  const author = plainText(model.author);
  return [
    codedItem('HAS CONCEPT MOD', dcm('121049', 'Language of Content Item and Descendants'), {
      code: 'en',
      scheme: 'RFC5646',
      meaning: 'English',
    }),
    codedItem('HAS OBS CONTEXT', dcm('121005', 'Observer Type'), dcm('121007', 'Device')),
    uidItem('HAS OBS CONTEXT', dcm('121012', 'Device Observer UID'), uidFrom(`model ${modelName(run)}`)),
    textItem('HAS OBS CONTEXT', dcm('121013', 'Device Observer Name'), modelName(run)),
    textItem('HAS OBS CONTEXT', dcm('121014', 'Device Observer Manufacturer'), `Parenchyma ${model.softwareVersion}`),
    ...(author === ''
      ? []
      : [
          codedItem('HAS OBS CONTEXT', dcm('121005', 'Observer Type'), dcm('121006', 'Person')),
          personItem('HAS OBS CONTEXT', dcm('121008', 'Person Observer Name'), author),
        ]),
    codedItem('HAS CONCEPT MOD', dcm('121058', 'Procedure reported'), {
      code: '77477000',
      scheme: 'SCT',
      meaning: 'Computed tomography',
    }),
  ];
}

const modelName = (run: ReportRunModel) =>
  `Run ${run.number}, model ${run.model.weightsSha256?.slice(0, 16) ?? run.id}`;

/** One image: probability, threshold, what the model calls it, the reference standard, the readers' verdict (template 1501). */
function measurementGroup(run: ReportRunModel, image: DicomPrediction): DicomElement[] {
  const { architecture, head } = run.model.configuration;
  const positiveClass = (run.test ?? run.validation)?.positiveClass ?? '';
  return container(
    dcm('125007', 'Measurement Group'),
    [
      textItem('HAS OBS CONTEXT', dcm('112039', 'Tracking Identifier'), image.id),
      uidItem(
        'HAS OBS CONTEXT',
        dcm('112040', 'Tracking Unique Identifier'),
        uidFrom(`${image.dicom.instance}/${image.dicom.frame ?? 1}`),
      ),
      textItem('HAS CONCEPT MOD', dcm('111001', 'Algorithm Name'), `${architecture}, ${head} head`),
      textItem('HAS CONCEPT MOD', dcm('111003', 'Algorithm Version'), modelName(run)),
      imageItem({ code: '260753009', scheme: 'SCT', meaning: 'Source' }, image.dicom),
      numberItem(own('probability', `Probability of ${positiveClass}`), image.probability),
      numberItem(own('threshold', 'Threshold of the operating point'), image.threshold),
      ...(image.probabilities ?? []).map((probability, place) =>
        numberItem(own(`probability-${place + 1}`, `Probability of ${run.model.classes[place] ?? ''}`), probability),
      ),
      textItem('CONTAINS', own('decision', 'Output of the model, not a diagnosis'), image.decision),
      textItem('CONTAINS', own('reference', 'Reference standard'), image.label),
      textItem('CONTAINS', own('set', 'Set'), image.set),
      ...(image.review === null ? [] : [textItem('CONTAINS', own('review', 'Review by readers'), image.review)]),
      textItem('CONTAINS', own('pixels', 'SHA-256 of the stored values'), image.pixelSha256),
    ],
    '1501',
  );
}

/** How far the model can be believed: its figures with their intervals on each evaluated set. */
function performance(run: ReportRunModel): DicomElement[][] {
  return [run.validation, run.test].flatMap((document) => {
    if (document === null) return [];
    const figures = (
      [
        ['auc', 'Area under the ROC curve', document.auc, document.clustered?.auc],
        ['sensitivity', 'Sensitivity', document.sensitivity, document.clustered?.sensitivity],
        ['specificity', 'Specificity', document.specificity, document.clustered?.specificity],
        ['accuracy', 'Accuracy', document.accuracy, document.clustered?.accuracy],
      ] as const
    ).map(([code, meaning, interval, clustered]) =>
      textItem(
        'CONTAINS',
        own(code, meaning),
        clustered
          ? `${formatNumber(interval.value)} ${formatBounds(clustered)} (by patient)`
          : formatInterval(interval),
      ),
    );
    const { positive, negative } = document.n;
    return [
      container(own('performance', `Performance of the model on ${document.set ?? 'the set'}`), [
        textItem('CONTAINS', own('images', 'Images'), `${positive} ${document.positiveClass}, ${negative} other`),
        ...figures,
        ...document.warnings.map((warning) => textItem('CONTAINS', own('warning', 'Warning'), warning)),
      ]),
    ];
  });
}
