import type { InputNormalisation } from './vgg.ts';

/**
 * keras.applications' VGG (mode "caffe" of imagenet_utils.preprocess_input): levels 0 … 255, the mean of each channel subtracted.
 * Keras orders the channels blue, green, red; here they are red, green, blue, and the first filters are turned on reading.
 */
export const kerasNormalisation: InputNormalisation = {
  mean: [123.68 / 255, 116.779 / 255, 103.939 / 255],
  deviation: [1 / 255, 1 / 255, 1 / 255],
};
