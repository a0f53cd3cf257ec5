export { writeSampleStudy, type SampleOptions, type SampleStudy } from './study.ts';
