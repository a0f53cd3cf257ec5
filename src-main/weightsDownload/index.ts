export { downloadWeights, type DownloadedWeights } from './download.ts';
