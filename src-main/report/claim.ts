import type { ReportModel } from './model.ts';

type Facts = Omit<ReportModel, 'claim'>;

const missing = 'not provided';

/** CLAIM 2024 (Tejani et al., Radiology: Artificial Intelligence 2024;6:e240300): the 44 items, and where this report answers each. */
export function claimCrossWalk(model: Facts, heatMaps: boolean): ReportModel['claim'] {
  const tested = model.runs.some((run) => run.test !== null);
  const compared = model.comparison !== null;
  const searched = model.runs.some((run) => run.model.search !== null);
  const subgroups = model.runs.some((run) => (run.subgroups?.rows.length ?? 0) > 0);
  const paired = model.runs.some((run) => run.readings.some(({ agreement }) => agreement.pairs.length > 0));
  const audited = model.runs.some((run) => run.readings.some(({ audit }) => audit !== null));
  const explained = [...(heatMaps ? ['heat maps of errors'] : []), ...(audited ? ['shortcut audit'] : [])];
  const results = tested ? 'section 5 (validation and test)' : 'section 5 (validation only)';
  const items: [topic: string, answer: string][] = [
    ['Identification as a study of AI methodology', 'title, section 1'],
    ['Structured summary', 'page 1, key figures'],
    ['Background and intended use', 'section 1, intended use only'],
    ['Aims and hypotheses', missing],
    ['Prospective or retrospective', missing],
    ['Study goal', 'section 1'],
    ['Data sources', 'section 2'],
    ['Inclusion and exclusion criteria', 'section 2, flow diagram (technical exclusions)'],
    ['Data preprocessing', 'section 3'],
    ['Selection of data subsets', 'section 2, flow diagram'],
    ['De-identification methods', 'section 2'],
    ['Missing data', 'section 2, unlabelled and refused files'],
    ['Image acquisition protocol', subgroups ? 'section 7, as far as the files tell' : missing],
    ['Definition of the reference standard', 'section 2, origin of labels; criteria not provided'],
    ['Rationale for the reference standard', missing],
    ['Source of reference annotations', 'section 2'],
    ['Annotation of the test set', 'section 2, as for all sets'],
    ['Inter- and intrarater variability', paired ? 'section 7, κ between readers' : missing],
    ['Assignment to partitions', 'section 2, split'],
    ['Level at which partitions are disjoint', 'section 2, split and findings'],
    ['Intended sample size', missing],
    ['Model description', 'section 3'],
    ['Software libraries and frameworks', 'sections 1 and 3'],
    ['Initialisation of parameters', 'section 3'],
    ['Training approach', searched ? 'section 3, with the search' : 'section 3'],
    ['Selection of the final model', 'section 3'],
    ['Ensembling', 'none used'],
    ['Metrics of performance', results],
    ['Significance and uncertainty', compared ? 'sections 5 and 6' : 'section 5'],
    ['Robustness or sensitivity analysis', subgroups ? 'section 7, subgroups' : missing],
    ['Explainability or interpretability', explained.length > 0 ? `section 7, ${explained.join(' and ')}` : missing],
    ['Evaluation on internal data', results],
    ['Testing on external data', 'not done'],
    ['Clinical trial registration', missing],
    ['Numbers included and excluded', 'section 2, flow diagram'],
    ['Demographic and clinical characteristics', subgroups ? 'section 7, as far as known' : missing],
    ['Performance and uncertainty per partition', results],
    ['Diagnostic performance and precision', results],
    ['Failure analysis', 'section 7'],
    ['Limitations', 'section 8'],
    ['Implications for practice', missing],
    ['Protocol or technical details', 'section 3 and the JSON beside this report'],
    ['Availability of software, model and data', 'section 1 (software); rest not provided'],
    ['Funding', missing],
  ];
  return items.map(([topic, answer], place) => ({ item: place + 1, topic, answer }));
}
