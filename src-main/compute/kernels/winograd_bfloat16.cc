// Products of factors rounded to bfloat16, summed in float32, by the processor's own instruction (AVX512_BF16).
#include <immintrin.h>

#include "stages.h"

namespace parenchyma {
namespace {

constexpr int kRows = 14;
constexpr int kGradientRows = 8;

/** Two registers of floats, rounded, lane by lane side by side: first[0], second[0], first[1], … */
inline __m512i interleave(Vector first, Vector second) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5,
                                         20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  const __m512bh rounded = _mm512_cvtne2ps_pbh((__m512)second, (__m512)first);
  return _mm512_permutexvar_epi16(order, (__m512i)rounded);
}

/** The same one after the other. */
inline __m512i join(Vector first, Vector second) {
  return (__m512i)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first);
}

inline __m512bh load_pairs(const float *from) { return (__m512bh)_mm512_loadu_si512(from); }
inline __m512bh broadcast_pair(const float *from) {
  int pair;
  __builtin_memcpy(&pair, from, sizeof(pair));
  return (__m512bh)_mm512_set1_epi32(pair);
}
inline Vector add_products(Vector sum, __m512bh first, __m512bh second) {
  return (Vector)_mm512_dpbf16_ps((__m512)sum, first, second);
}

void transform_filter(const float *filter, int64_t inputs, int64_t outputs, float *transformed, int64_t from,
                      int64_t to) {
  for (int64_t input = 0; input < inputs; input += 2) {
    for (int64_t output = from * kPanel; output < to * kPanel; output += kLanes) {
      Vector first[kPoints], second[kPoints];
      transform_filter_cells(filter, inputs, outputs, input, output, first);
      transform_filter_cells(filter, inputs, outputs, input + 1, output, second);
      float *place = transformed + (output / kPanel * inputs + input) / 2 * kPanel + output % kPanel;
      for (int point = 0; point < kPoints; ++point) {
        _mm512_storeu_si512(place + point * inputs * outputs / 2, interleave(first[point], second[point]));
      }
    }
  }
}

void transform_filter_turned(const float *filter, int64_t inputs, int64_t outputs, float *transformed, int64_t from,
                             int64_t to) {
  for (int64_t input = from * kPanel; input < to * kPanel; input += kLanes) {
    for (int64_t output = 0; output < outputs; output += kLanes) {
      const TurnedFilter turned(filter, inputs, outputs, input, output);
      for (int lane = 0; lane < kLanes; lane += 2) {
        Vector first[kPoints], second[kPoints];
        turned.transform(lane, first);
        turned.transform(lane + 1, second);
        float *place = transformed + (input / kPanel * outputs + output + lane) / 2 * kPanel + input % kPanel;
        for (int point = 0; point < kPoints; ++point) {
          _mm512_storeu_si512(place + point * inputs * outputs / 2, interleave(first[point], second[point]));
        }
      }
    }
  }
}

void transform_input(const float *input, const Tiles &tiles, const Chunk &chunk, int64_t channels, float *transformed,
                     int64_t from, int64_t to) {
  const int64_t step = chunk.blocks() * chunk.rows * channels / 2;
  for (int64_t tile = from; tile < to; ++tile) {
    const InputPixels pixels(input, tiles, chunk.first + tile, channels);
    float *row = transformed + tile / chunk.rows * chunk.rows * channels / 2 + tile % chunk.rows * kLanes;
    for (int64_t channel = 0; channel < channels; channel += 2 * kLanes) {
      Vector first[kPoints], second[kPoints];
      pixels.transform(channel, first);
      pixels.transform(channel + kLanes, second);
      float *place = row + channel / 2 * chunk.rows;
      for (int point = 0; point < kPoints; ++point) {
        _mm512_storeu_si512(place + point * step, join(first[point], second[point]));
      }
    }
  }
}

template <int Rows>
void multiply_block(const float *input, int64_t stride, const float *filter, int64_t channels, float *products) {
  Vector sums[Rows][2] = {};
  for (int64_t group = 0; group < channels; group += 2 * kLanes) {
    for (int pair = 0; pair < kLanes; ++pair) {
      const __m512bh first = load_pairs(filter), second = load_pairs(filter + kLanes);
      filter += kPanel;
#pragma GCC unroll 16
      for (int row = 0; row < Rows; ++row) {
        const __m512bh factors = broadcast_pair(input + row * kLanes + pair);
        sums[row][0] = add_products(sums[row][0], factors, first);
        sums[row][1] = add_products(sums[row][1], factors, second);
      }
    }
    input += stride;
  }
#pragma GCC unroll 16
  for (int row = 0; row < Rows; ++row) {
    store(products + row * kPanel, sums[row][0]);
    store(products + row * kPanel + kLanes, sums[row][1]);
  }
}

using Block = void (*)(const float *, int64_t, const float *, int64_t, float *);
const Block kBlocks[] = {
    nullptr,           multiply_block<1>,  multiply_block<2>,  multiply_block<3>,  multiply_block<4>,
    multiply_block<5>, multiply_block<6>,  multiply_block<7>,  multiply_block<8>,  multiply_block<9>,
    multiply_block<10>, multiply_block<11>, multiply_block<12>, multiply_block<13>, multiply_block<14>,
};

void multiply(const float *input, const float *filter, const Chunk &chunk, int64_t inputs, int64_t outputs,
              float *products, int64_t from, int64_t to) {
  const int64_t panels = outputs / kPanel, blocks = chunk.blocks();
  for (int64_t task = from; task < to; ++task) {
    const float *rows_of_point = input + task / panels * blocks * chunk.rows * inputs / 2;
    const float *panel = filter + task * inputs / 2 * kPanel;
    float *result = products + task * chunk.count * kPanel;
    for (int64_t block = 0; block < blocks; ++block) {
      const int64_t first = block * chunk.rows;
      const int64_t rows = chunk.count - first < chunk.rows ? chunk.count - first : chunk.rows;
      kBlocks[rows](rows_of_point + first * inputs / 2, chunk.rows * kLanes, panel, inputs, result + first * kPanel);
    }
  }
}

/** A last tile without a partner is paired with zeros. */
void transform_input_for_gradient(const float *input, const Tiles &tiles, const Chunk &chunk, int64_t channels,
                                  float *transformed, int64_t from, int64_t to) {
  const int64_t pairs = (chunk.count + 1) / 2;
  for (int64_t pair = from; pair < to; ++pair) {
    const bool alone = 2 * pair + 1 == chunk.count;
    const InputPixels one(input, tiles, chunk.first + 2 * pair, channels);
    const InputPixels other(input, tiles, chunk.first + 2 * pair + (alone ? 0 : 1), channels);
    for (int64_t channel = 0; channel < channels; channel += kLanes) {
      Vector first[kPoints], second[kPoints];
      one.transform(channel, first);
      other.transform(channel, second);
      float *place = transformed + channel * pairs + pair * kLanes;
      for (int point = 0; point < kPoints; ++point) {
        _mm512_storeu_si512(place + point * pairs * channels, interleave(first[point], alone ? Vector{} : second[point]));
      }
    }
  }
}

void transform_gradient(const float *gradient, const Tiles &tiles, const Chunk &chunk, int64_t channels,
                        float *transformed, int64_t from, int64_t to) {
  const int64_t pairs = (chunk.count + 1) / 2;
  for (int64_t pair = from; pair < to; ++pair) {
    const bool alone = 2 * pair + 1 == chunk.count;
    const int64_t tile = chunk.first + 2 * pair;
    for (int64_t channel = 0; channel < channels; channel += kLanes) {
      Vector first[kPoints], second[kPoints];
      transform_gradient_tile(gradient, tiles, tile, channels, channel, first);
      transform_gradient_tile(gradient, tiles, tile + (alone ? 0 : 1), channels, channel, second);
      float *place = transformed + (channel / kPanel * pairs + pair) * kPanel + channel % kPanel;
      for (int point = 0; point < kPoints; ++point) {
        _mm512_storeu_si512(place + point * pairs * channels, interleave(first[point], alone ? Vector{} : second[point]));
      }
    }
  }
}

/** Some inputs × a panel of outputs, summed over the chunk's tiles. */
void multiply_gradient_block(const float *input, const float *gradient, int64_t pairs, bool begin, float *sums_at) {
  Vector sums[kGradientRows][2];
#pragma GCC unroll 8
  for (int row = 0; row < kGradientRows; ++row) {
    sums[row][0] = begin ? Vector{} : load(sums_at + row * kPanel);
    sums[row][1] = begin ? Vector{} : load(sums_at + row * kPanel + kLanes);
  }
  for (int64_t pair = 0; pair < pairs; ++pair) {
    const __m512bh left = load_pairs(gradient), right = load_pairs(gradient + kLanes);
#pragma GCC unroll 8
    for (int row = 0; row < kGradientRows; ++row) {
      const __m512bh factors = broadcast_pair(input + row);
      sums[row][0] = add_products(sums[row][0], factors, left);
      sums[row][1] = add_products(sums[row][1], factors, right);
    }
    gradient += kPanel;
    input += kLanes;
  }
#pragma GCC unroll 8
  for (int row = 0; row < kGradientRows; ++row) {
    store(sums_at + row * kPanel, sums[row][0]);
    store(sums_at + row * kPanel + kLanes, sums[row][1]);
  }
}

void multiply_gradient(const float *input, const float *gradient, const Chunk &chunk, int64_t inputs, int64_t outputs,
                       bool begin, float *filter_gradient, int64_t from, int64_t to) {
  const int64_t panels = outputs / kPanel, pairs = (chunk.count + 1) / 2;
  for (int64_t task = from; task < to; ++task) {
    const float *of_point = input + task / panels * pairs * inputs;
    for (int64_t channel = 0; channel < inputs; channel += kGradientRows) {
      multiply_gradient_block(of_point + channel / kLanes * pairs * kLanes + channel % kLanes,
                              gradient + task * pairs * kPanel, pairs, begin,
                              filter_gradient + (task * inputs + channel) * kPanel);
    }
  }
}

}  // namespace

const WinogradKernels winograd_bfloat16 = {kLanes,
                                           kPanel,
                                           kRows,
                                           2,
                                           transform_filter,
                                           transform_filter_turned,
                                           transform_input,
                                           multiply,
                                           transform_output,
                                           transform_input_for_gradient,
                                           transform_gradient,
                                           multiply_gradient,
                                           transform_filter_gradient,
                                           sum_pixels};

}  // namespace parenchyma
