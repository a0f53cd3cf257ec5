import type { Architecture } from '../contract/vocabulary.ts';

const names: Record<Architecture, string> = { vgg16: 'VGG-16', vgg19_bn: 'VGG-19-BN' };

/** Short name of an architecture as screens say it. */
export const architectureName = (architecture: Architecture): string => names[architecture];
