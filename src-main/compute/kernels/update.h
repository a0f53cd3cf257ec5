// An optimiser's step for a gradient that is the product of two thin matrices, inputs^T · slopes, as that of a dense layer's weights
// is: each weight's gradient is found, used and forgotten, so that the weights and moments are gone through once and the
// gradient (0.4 GB for VGG's first dense layer) is never written down.
#pragma once
#include <cstdint>

namespace parenchyma {

/** Weights [rows, columns]; inputs [batch, rows], slopes [batch, columns]. All float32, row-major. */
struct ProductGradient {
  const float *inputs, *slopes;
  int64_t batch, rows, columns;
};

/** torch.optim.SGD: moving = momentum · moving + gradient + decay · weight; weight −= rate · moving. Range: rows. */
void update_by_momentum(const ProductGradient &gradient, float rate, float momentum, float decay, float *weights,
                        float *moving, int64_t from, int64_t to);

/** torch.optim.Adam with rate and epsilon already corrected for the step: weight −= rate · mean / (√square + epsilon). */
struct AdamConstants {
  float rate, beta1, beta2, epsilon, decay;
};
void update_by_adam(const ProductGradient &gradient, const AdamConstants &constants, float *weights, float *mean,
                    float *square, int64_t from, int64_t to);

}  // namespace parenchyma
