import { imagenetNormalisation, layOutBackbone, type VggDescription } from './vgg.ts';

/** torchvision.models.vgg19_bn: configuration E with batch normalisation after every convolution. */
export const vgg19_bn: VggDescription = {
  backbone: layOutBackbone(
    [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 256, 'M', 512, 512, 512, 512, 'M', 512, 512, 512, 512, 'M'],
    true,
  ),
  normalisation: imagenetNormalisation,
  weights: [
    {
      description: 'ImageNet-1k, torchvision VGG19_BN_Weights.IMAGENET1K_V1',
      fileName: 'vgg19_bn-c79401a0.pth',
      address: 'https://download.pytorch.org/models/vgg19_bn-c79401a0.pth',
      sha256Prefix: 'c79401a0',
      sha256: null,
    },
  ],
};
