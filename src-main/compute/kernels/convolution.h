// Convolutions 3×3, stride 1, zero padding 1, out of the stages of winograd.h, shared among threads.
#pragma once
#include "winograd.h"

namespace parenchyma {

/** The kernels of this processor, or null where it has neither AVX-512 nor AVX2 with FMA. */
const WinogradKernels *float32_kernels();

/** Those whose factors are bfloat16, or null where the processor does not multiply them (or the compiler did not know how). */
const WinogradKernels *bfloat16_kernels();

/** Whether the kernels take this many inputs and outputs. */
bool takes_channels(const WinogradKernels &kernels, int64_t inputs, int64_t outputs);

/** Floats that a transformed filter takes. */
int64_t transformed_size(const WinogradKernels &kernels, int64_t inputs, int64_t outputs);

void transform_filter(const WinogradKernels &kernels, const float *filter, int64_t inputs, int64_t outputs, bool turned,
                      float *transformed);

/** `filter` is transformed; `bias` may be null. */
void convolve(const WinogradKernels &kernels, const float *input, const float *filter, const float *bias, bool relu,
              const Tiles &tiles, int64_t inputs, int64_t outputs, float *output);

void filter_gradient(const WinogradKernels &kernels, const float *input, const float *gradient, const Tiles &tiles,
                     int64_t inputs, int64_t outputs, float *filter_gradient, float *bias_gradient);

}  // namespace parenchyma
