// Compiled for AVX2, which is enough: memory is what these loops wait for. No library templates (see stages.h).
#include <immintrin.h>

#include "update.h"

namespace parenchyma {
namespace {

constexpr int kLanes = 8;
constexpr int kBlock = 4;
typedef float Vector __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));

inline Vector load(const float *from) { return *reinterpret_cast<const Vector *>(from); }
inline void store(float *to, Vector value) { *reinterpret_cast<Vector *>(to) = value; }

inline Vector root(Vector value) { return (Vector)_mm256_sqrt_ps((__m256)value); }

/** Some columns of one row of the gradient. */
inline void gradient_block(const ProductGradient &gradient, int64_t row, int64_t column, Vector (&sums)[kBlock]) {
  for (int part = 0; part < kBlock; ++part) sums[part] = Vector{};
  const float *slopes = gradient.slopes + column;
  for (int64_t image = 0; image < gradient.batch; ++image) {
    const float input = gradient.inputs[image * gradient.rows + row];
    for (int part = 0; part < kBlock; ++part) sums[part] += input * load(slopes + part * kLanes);
    slopes += gradient.columns;
  }
}

/** Calls `step(place, gradient)` for vectors of a row, and `scalar_step` for the columns that make no vector. */
template <typename Step, typename ScalarStep>
inline void for_rows(const ProductGradient &gradient, int64_t from, int64_t to, Step step, ScalarStep scalar_step) {
  constexpr int64_t width = kBlock * kLanes;
  for (int64_t row = from; row < to; ++row) {
    int64_t column = 0;
    for (; column + width <= gradient.columns; column += width) {
      Vector sums[kBlock];
      gradient_block(gradient, row, column, sums);
      for (int part = 0; part < kBlock; ++part) step(row * gradient.columns + column + part * kLanes, sums[part]);
    }
    for (; column < gradient.columns; ++column) {
      float sum = 0;
      for (int64_t image = 0; image < gradient.batch; ++image) {
        sum += gradient.inputs[image * gradient.rows + row] * gradient.slopes[image * gradient.columns + column];
      }
      scalar_step(row * gradient.columns + column, sum);
    }
  }
}

}  // namespace

void update_by_momentum(const ProductGradient &gradient, float rate, float momentum, float decay, float *weights,
                        float *moving, int64_t from, int64_t to) {
  for_rows(
      gradient, from, to,
      [=](int64_t place, Vector slope) {
        const Vector weight = load(weights + place);
        const Vector next = momentum * load(moving + place) + (slope + decay * weight);
        store(moving + place, next);
        store(weights + place, weight - rate * next);
      },
      [=](int64_t place, float slope) {
        moving[place] = momentum * moving[place] + (slope + decay * weights[place]);
        weights[place] -= rate * moving[place];
      });
}

void update_by_adam(const ProductGradient &gradient, const AdamConstants &constants, float *weights, float *mean,
                    float *square, int64_t from, int64_t to) {
  const float rate = constants.rate, decay = constants.decay, epsilon = constants.epsilon;
  const float new1 = 1 - constants.beta1, new2 = 1 - constants.beta2;
  for_rows(
      gradient, from, to,
      [=](int64_t place, Vector product) {
        const Vector weight = load(weights + place), slope = product + decay * weight;
        const Vector first = load(mean + place), second = load(square + place);
        const Vector next_first = first + (slope - first) * new1;
        const Vector next_second = second + (slope * slope - second) * new2;
        store(mean + place, next_first);
        store(square + place, next_second);
        store(weights + place, weight - rate * next_first / (root(next_second) + epsilon));
      },
      [=](int64_t place, float product) {
        const float slope = product + decay * weights[place];
        mean[place] += (slope - mean[place]) * new1;
        square[place] += (slope * slope - square[place]) * new2;
        weights[place] -= rate * mean[place] / (__builtin_sqrtf(square[place]) + epsilon);
      });
}

}  // namespace parenchyma
