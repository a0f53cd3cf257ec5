export type ReviewSort = 'loss' | 'probability' | 'fileName' | 'patient';
