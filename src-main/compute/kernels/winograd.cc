// Products in float32. Compiled once for each instruction set: LANES floats in a register, ROWS × 2 registers of sums, NAME the
// table of kernels.
#include "stages.h"

namespace parenchyma {
namespace {

constexpr int kRows = ROWS;
/** Rows of inputs that a product of the filter's gradient works on at once. */
constexpr int kGradientRows = LANES / 2;

void store_points(const Vector *values, float *to, int64_t step) {
  for (int point = 0; point < kPoints; ++point) store(to + point * step, values[point]);
}

void transform_filter(const float *filter, int64_t inputs, int64_t outputs, float *transformed, int64_t from,
                      int64_t to) {
  for (int64_t input = 0; input < inputs; ++input) {
    for (int64_t output = from * kPanel; output < to * kPanel; output += kLanes) {
      Vector result[kPoints];
      transform_filter_cells(filter, inputs, outputs, input, output, result);
      float *place = transformed + (output / kPanel * inputs + input) * kPanel + output % kPanel;
      store_points(result, place, inputs * outputs);
    }
  }
}

void transform_filter_turned(const float *filter, int64_t inputs, int64_t outputs, float *transformed, int64_t from,
                             int64_t to) {
  for (int64_t input = from * kPanel; input < to * kPanel; input += kLanes) {
    for (int64_t output = 0; output < outputs; output += kLanes) {
      const TurnedFilter turned(filter, inputs, outputs, input, output);
      for (int lane = 0; lane < kLanes; ++lane) {
        Vector result[kPoints];
        turned.transform(lane, result);
        float *place = transformed + (input / kPanel * outputs + output + lane) * kPanel + input % kPanel;
        store_points(result, place, inputs * outputs);
      }
    }
  }
}

void transform_input(const float *input, const Tiles &tiles, const Chunk &chunk, int64_t channels, float *transformed,
                     int64_t from, int64_t to) {
  const int64_t step = chunk.blocks() * chunk.rows * channels;
  for (int64_t tile = from; tile < to; ++tile) {
    const InputPixels pixels(input, tiles, chunk.first + tile, channels);
    float *row = transformed + tile / chunk.rows * chunk.rows * channels + tile % chunk.rows * kLanes;
    for (int64_t channel = 0; channel < channels; channel += kLanes) {
      Vector result[kPoints];
      pixels.transform(channel, result);
      store_points(result, row + channel * chunk.rows, step);
    }
  }
}

/** Rows × panel sums over the channels. */
template <int Rows>
void multiply_block(const float *input, int64_t stride, const float *filter, int64_t channels, float *products) {
  Vector sums[Rows][2] = {};
  for (int64_t group = 0; group < channels; group += kLanes) {
    for (int channel = 0; channel < kLanes; ++channel) {
      const Vector first = load(filter), second = load(filter + kLanes);
      filter += kPanel;
#pragma GCC unroll 16
      for (int row = 0; row < Rows; ++row) {
        const float value = input[row * kLanes + channel];
        sums[row][0] += value * first;
        sums[row][1] += value * second;
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
    nullptr,           multiply_block<1>, multiply_block<2>, multiply_block<3>, multiply_block<4>,
    multiply_block<5>, multiply_block<6>,
#if ROWS > 6
    multiply_block<7>,  multiply_block<8>,  multiply_block<9>,  multiply_block<10>,
    multiply_block<11>, multiply_block<12>, multiply_block<13>, multiply_block<14>,
#endif
};

void multiply(const float *input, const float *filter, const Chunk &chunk, int64_t inputs, int64_t outputs,
              float *products, int64_t from, int64_t to) {
  const int64_t panels = outputs / kPanel, blocks = chunk.blocks();
  for (int64_t task = from; task < to; ++task) {
    const float *rows_of_point = input + task / panels * blocks * chunk.rows * inputs;
    const float *panel = filter + task * inputs * kPanel;
    float *result = products + task * chunk.count * kPanel;
    for (int64_t block = 0; block < blocks; ++block) {
      const int64_t first = block * chunk.rows;
      const int64_t rows = chunk.count - first < chunk.rows ? chunk.count - first : chunk.rows;
      kBlocks[rows](rows_of_point + first * inputs, chunk.rows * kLanes, panel, inputs, result + first * kPanel);
    }
  }
}

/** A range of pairs of tiles, in tiles. */
int64_t tiles_before(const Chunk &chunk, int64_t pair) { return 2 * pair < chunk.count ? 2 * pair : chunk.count; }

void transform_input_for_gradient(const float *input, const Tiles &tiles, const Chunk &chunk, int64_t channels,
                                  float *transformed, int64_t from, int64_t to) {
  transform_input(input, tiles, chunk, channels, transformed, tiles_before(chunk, from), tiles_before(chunk, to));
}

void transform_gradient(const float *gradient, const Tiles &tiles, const Chunk &chunk, int64_t channels,
                        float *transformed, int64_t from, int64_t to) {
  for (int64_t tile = tiles_before(chunk, from); tile < tiles_before(chunk, to); ++tile) {
    for (int64_t channel = 0; channel < channels; channel += kLanes) {
      Vector result[kPoints];
      transform_gradient_tile(gradient, tiles, chunk.first + tile, channels, channel, result);
      float *place = transformed + (channel / kPanel * chunk.count + tile) * kPanel + channel % kPanel;
      store_points(result, place, channels * chunk.count);
    }
  }
}

/** Some inputs × a panel of outputs, summed over the chunk's tiles. */
void multiply_gradient_block(const float *input, int64_t inputs, const float *gradient, const Chunk &chunk, bool begin,
                             float *sums_at) {
  Vector sums[kGradientRows][2];
#pragma GCC unroll 8
  for (int row = 0; row < kGradientRows; ++row) {
    sums[row][0] = begin ? Vector{} : load(sums_at + row * kPanel);
    sums[row][1] = begin ? Vector{} : load(sums_at + row * kPanel + kLanes);
  }
  for (int64_t first = 0; first < chunk.count; first += chunk.rows) {
    const int64_t rows = chunk.count - first < chunk.rows ? chunk.count - first : chunk.rows;
    const float *tile_of_block = input + first * inputs;
    for (int64_t tile = 0; tile < rows; ++tile) {
      const Vector left = load(gradient), right = load(gradient + kLanes);
      gradient += kPanel;
#pragma GCC unroll 8
      for (int row = 0; row < kGradientRows; ++row) {
        const float value = tile_of_block[row];
        sums[row][0] += value * left;
        sums[row][1] += value * right;
      }
      tile_of_block += kLanes;
    }
  }
#pragma GCC unroll 8
  for (int row = 0; row < kGradientRows; ++row) {
    store(sums_at + row * kPanel, sums[row][0]);
    store(sums_at + row * kPanel + kLanes, sums[row][1]);
  }
}

void multiply_gradient(const float *input, const float *gradient, const Chunk &chunk, int64_t inputs, int64_t outputs,
                       bool begin, float *filter_gradient, int64_t from, int64_t to) {
  const int64_t panels = outputs / kPanel, blocks = chunk.blocks();
  for (int64_t task = from; task < to; ++task) {
    const float *rows_of_point = input + task / panels * blocks * chunk.rows * inputs;
    const float *panel = gradient + task * chunk.count * kPanel;
    for (int64_t channel = 0; channel < inputs; channel += kGradientRows) {
      const float *first = rows_of_point + channel / kLanes * chunk.rows * kLanes + channel % kLanes;
      multiply_gradient_block(first, inputs, panel, chunk, begin,
                              filter_gradient + (task * inputs + channel) * kPanel);
    }
  }
}

}  // namespace

const WinogradKernels NAME = {kLanes,
                              kPanel,
                              kRows,
                              1,
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
