import type * as tfCore from '@tensorflow/tfjs-core';

/** TF.js's core as a value: which copy, and with which backends registered, is for the caller to say. */
export type TensorFlowJs = typeof tfCore;
