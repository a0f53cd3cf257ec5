import type { Architecture } from '../src-shared/contract/vocabulary.ts';
import type { VggDescription } from './vgg.ts';
import { vgg16 } from './vgg16.ts';
import { vgg19_bn } from './vgg19_bn.ts';

export const architectures: Record<Architecture, VggDescription> = { vgg16, vgg19_bn };
