import { imagenetNormalisation, layOutBackbone, type VggDescription } from './vgg.ts';

/** torchvision.models.vgg16: configuration D, no batch normalisation. */
export const vgg16: VggDescription = {
  backbone: layOutBackbone(
    [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 'M', 512, 512, 512, 'M', 512, 512, 512, 'M'],
    false,
  ),
  normalisation: imagenetNormalisation,
  weights: [
    {
      description: 'ImageNet-1k, torchvision VGG16_Weights.IMAGENET1K_V1',
      fileName: 'vgg16-397923af.pth',
      address: 'https://download.pytorch.org/models/vgg16-397923af.pth',
      sha256Prefix: '397923af',
      sha256: '397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0',
    },
  ],
};
