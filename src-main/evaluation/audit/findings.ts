import type { AuditAttention, AuditFinding, AuditMetadata, MassShare } from '../../../src-shared/contract/audit.ts';
import type { Subgroup } from '../../../src-shared/contract/metrics.ts';
import { formatInterval, formatNumber, formatQuantity } from '../../../src-shared/domain/format.ts';

export interface AuditFacts {
  images: number;
  attention: AuditAttention | null;
  subgroups: readonly Subgroup[];
  metadata: AuditMetadata | null;
  /** False where burnt-in text was not measured for any image. */
  borderMeasured: boolean;
}

/** Fewer images than this say little. */
const fewImages = 50;
/** A level with at least this many images that all have one class is worth a word. */
const manyOfOneClass = 10;
/** More of the heat map outside the body than this is worth a word even when the area is large. */
const muchOutside = 0.2;

/** The audit in words, most important first. */
export function auditFindings(facts: AuditFacts): AuditFinding[] {
  const findings = [
    ...metadataFindings(facts.metadata),
    ...oneClassFindings(facts.subgroups),
    ...attentionFindings(facts.attention),
    ...differenceFindings(facts.subgroups),
  ];
  if (facts.images < fewImages) {
    findings.push({
      severity: 'info',
      message: `There are only ${formatQuantity(facts.images, 'image')}: an audit of so few can miss much.`,
    });
  }
  if (!facts.borderMeasured) {
    findings.push({
      severity: 'info',
      message: 'Burnt-in text was not measured for these images and is not part of the audit.',
    });
  }
  const rank = { careful: 0, good: 1, info: 2 };
  return findings.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

function metadataFindings(metadata: AuditMetadata | null): AuditFinding[] {
  if (metadata === null) {
    return [
      {
        severity: 'info',
        message:
          'No classifier on file type, size, scanner and border text could be made: the images do not differ in them, or a class has too few patients.',
      },
    ];
  }
  const { auc, model } = metadata;
  if (auc.value === null) return [];
  const what = metadata.features.join(', ').toLowerCase();
  const beside = `AUC ${formatInterval(auc)}, beside ${formatInterval(model)} of the model on the same ${formatQuantity(metadata.images, 'image')}`;
  const betrays = auc.low !== null && auc.low > 0.5;
  if (!betrays) {
    return [{ severity: 'good', message: `From ${what} alone the class cannot be told beyond chance (${beside}).` }];
  }
  const [strongest] = [...metadata.alone].sort((a, b) => (b.auc.value ?? 0) - (a.auc.value ?? 0));
  const most =
    strongest?.auc.value == null
      ? ''
      : ` Most of it by ${strongest.feature.toLowerCase()} (AUC ${formatInterval(strongest.auc)}).`;
  const asWell = model.low !== null && auc.value >= model.low;
  return [
    {
      severity: 'careful',
      message: asWell
        ? `From ${what} alone, without a look at the patient, the class can be told about as well as the model tells it (${beside}).${most} The model may have learnt these instead of disease.`
        : `From ${what} alone the class can be told better than by chance (${beside}).${most} Part of the model’s performance may come from there.`,
    },
  ];
}

function oneClassFindings(subgroups: readonly Subgroup[]): AuditFinding[] {
  return subgroups
    .filter((row) => row.images >= manyOfOneClass && (row.positive === 0 || row.positive === row.images))
    .map((row) => ({
      severity: 'careful',
      message: `All ${formatQuantity(row.images, 'image')} with ${row.attribute.toLowerCase()} “${row.level}” are of one class (${row.positive === 0 ? 'negative' : 'positive'}).`,
    }));
}

function attentionFindings(attention: AuditAttention | null): AuditFinding[] {
  if (attention === null) return [{ severity: 'info', message: 'No heat map was measured.' }];
  const findings: AuditFinding[] = [];
  const { outsideBody, outsideLung } = attention;
  if (outsideBody.mean !== null && outsideBody.area !== null) {
    const words = shareWords(outsideBody, 'outside the body');
    const much = outsideBody.mean > muchOutside || outsideBody.mean > outsideBody.area;
    findings.push({
      severity: much ? 'careful' : 'good',
      message: much ? `${words} The model looks at what is not the patient.` : words,
    });
  }
  if (outsideLung.mean !== null && outsideLung.area !== null) {
    const unfocused = outsideLung.mean >= outsideLung.area;
    findings.push({
      severity: unfocused ? 'careful' : 'good',
      message: `${shareWords(outsideLung, 'outside the lungs')}${unfocused ? ' The model looks at the lungs no more than at the rest.' : ''}`,
    });
  }
  const unfound = attention.images - outsideLung.images;
  if (unfound > 0) {
    findings.push({
      severity: 'info',
      message: `In ${formatQuantity(unfound, 'image')} of ${attention.images} no lungs were found by threshold, or the heat map was empty.`,
    });
  }
  return findings;
}

function shareWords(share: MassShare, where: string): string {
  const percent = (value: number | null) => `${formatNumber(value === null ? null : 100 * value, 0)} %`;
  const interval = share.low === null ? '' : ` [${percent(share.low)}, ${percent(share.high)}]`;
  return `On average ${percent(share.mean)}${interval} of the heat map lies ${where}, which is ${percent(share.area)} of the picture (${formatQuantity(share.images, 'image')}; more than half of the map in ${share.overHalf}).`;
}

/** Levels of one attribute whose AUC intervals do not touch. */
function differenceFindings(subgroups: readonly Subgroup[]): AuditFinding[] {
  return [...Map.groupBy(subgroups, (row) => row.attribute)].flatMap(([attribute, levels]) => {
    const known = levels.filter((row) => row.auc.low !== null && row.auc.high !== null);
    const best = known.reduce<Subgroup | null>(
      (top, row) => (top === null || row.auc.low! > top.auc.low! ? row : top),
      null,
    );
    const worst = known.find((row) => best !== null && row !== best && row.auc.high! < best.auc.low!);
    if (best === null || worst === undefined) return [];
    return [
      {
        severity: 'careful' as const,
        message: `The model does worse with ${attribute.toLowerCase()} “${worst.level}” (AUC ${formatInterval(worst.auc)}) than with “${best.level}” (${formatInterval(best.auc)}).`,
      },
    ];
  });
}
