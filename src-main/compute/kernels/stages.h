// The transforms, and the stages that float32 and bfloat16 products share. Included by a source that is compiled for one
// instruction set, with LANES floats in a register. No library templates here: an instance compiled for AVX-512 could be taken
// by the linker for every processor.
#pragma once
#include "winograd.h"

namespace parenchyma {
namespace {

typedef float Vector __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

constexpr int kLanes = LANES;
constexpr int kPanel = 2 * LANES;

inline Vector load(const float *from) { return *reinterpret_cast<const Vector *>(from); }
inline void store(float *to, Vector value) { *reinterpret_cast<Vector *>(to) = value; }
/** What is not a number stays so: a training that diverges must show it. */
inline Vector rectify(Vector value) { return value < Vector{} ? Vector{} : value; }

// The points 0, ±a, ±b, ∞.
constexpr float a = 0.75f, b = 1.5f;
constexpr float a2 = a * a, a3 = a * a * a, b2 = b * b, b3 = b * b * b;
constexpr float n0 = 1 / (a2 * b2), na = 1 / (2 * a2 * (a2 - b2)), nb = 1 / (2 * b2 * (b2 - a2));

inline void input_1d(const Vector *x, Vector *y, int step) {
  const Vector even_a = x[4] - b2 * x[2], odd_a = a * (x[3] - b2 * x[1]);
  const Vector even_b = x[4] - a2 * x[2], odd_b = b * (x[3] - a2 * x[1]);
  y[0] = a2 * b2 * x[0] - (a2 + b2) * x[2] + x[4];
  y[step] = even_a + odd_a;
  y[2 * step] = even_a - odd_a;
  y[3 * step] = even_b + odd_b;
  y[4 * step] = even_b - odd_b;
  y[5 * step] = a2 * b2 * x[1] - (a2 + b2) * x[3] + x[5];
}

inline void output_1d(const Vector *x, Vector *y, int step) {
  const Vector sum_a = x[1] + x[2], difference_a = x[1] - x[2];
  const Vector sum_b = x[3] + x[4], difference_b = x[3] - x[4];
  y[0] = x[0] + sum_a + sum_b;
  y[step] = a * difference_a + b * difference_b;
  y[2 * step] = a2 * sum_a + b2 * sum_b;
  y[3 * step] = a3 * difference_a + b3 * difference_b + x[5];
}

inline void filter_1d(const Vector *x, Vector *y, int step) {
  y[0] = n0 * x[0];
  const Vector even_a = na * (x[0] + a2 * x[2]), odd_a = na * a * x[1];
  const Vector even_b = nb * (x[0] + b2 * x[2]), odd_b = nb * b * x[1];
  y[step] = even_a + odd_a;
  y[2 * step] = even_a - odd_a;
  y[3 * step] = even_b + odd_b;
  y[4 * step] = even_b - odd_b;
  y[5 * step] = x[2];
}

/** The transpose of output_1d. */
inline void gradient_1d(const Vector *x, Vector *y, int step) {
  const Vector even_a = x[0] + a2 * x[2], odd_a = a * x[1] + a3 * x[3];
  const Vector even_b = x[0] + b2 * x[2], odd_b = b * x[1] + b3 * x[3];
  y[0] = x[0];
  y[step] = even_a + odd_a;
  y[2 * step] = even_a - odd_a;
  y[3 * step] = even_b + odd_b;
  y[4 * step] = even_b - odd_b;
  y[5 * step] = x[3];
}

/** The transpose of filter_1d. */
inline void filter_gradient_1d(const Vector *x, Vector *y, int step) {
  const Vector sum_a = na * (x[1] + x[2]), sum_b = nb * (x[3] + x[4]);
  y[0] = n0 * x[0] + sum_a + sum_b;
  y[step] = na * a * (x[1] - x[2]) + nb * b * (x[3] - x[4]);
  y[2 * step] = a2 * sum_a + b2 * sum_b + x[5];
}

/** Applies a transform of `In` values to the columns, then to the rows, of an In × In grid; gives Out × Out. */
template <int In, int Out, void (*Transform)(const Vector *, Vector *, int)>
inline void transform_2d(const Vector (*x)[In], Vector *y) {
  Vector between[Out][In];
#pragma GCC unroll 6
  for (int column = 0; column < In; ++column) {
    Vector values[In];
#pragma GCC unroll 6
    for (int row = 0; row < In; ++row) values[row] = x[row][column];
    Transform(values, &between[0][column], In);
  }
#pragma GCC unroll 6
  for (int row = 0; row < Out; ++row) Transform(between[row], y + row * Out, 1);
}

/** Where a tile lies: image, first row and first column of its output. */
struct Place {
  int64_t image, top, left;

  Place(const Tiles &tiles, int64_t tile)
      : image(tile / (tiles.down * tiles.across)), top(tile / tiles.across % tiles.down * kTile),
        left(tile % tiles.across * kTile) {}
};

/** Where the pixels of an input tile lie, null for those outside of the image. */
struct InputPixels {
  const float *pixels[6][6];

  InputPixels(const float *input, const Tiles &tiles, int64_t tile, int64_t channels) {
    const Place place(tiles, tile);
    for (int row = 0; row < 6; ++row) {
      for (int column = 0; column < 6; ++column) {
        const int64_t y = place.top + row - 1, x = place.left + column - 1;
        const bool inside = y >= 0 && y < tiles.height && x >= 0 && x < tiles.width;
        pixels[row][column] =
            inside ? input + ((place.image * tiles.height + y) * tiles.width + x) * channels : nullptr;
      }
    }
  }

  void transform(int64_t channel, Vector *result) const {
    Vector values[6][6];
    for (int row = 0; row < 6; ++row) {
      for (int column = 0; column < 6; ++column) {
        const float *pixel = pixels[row][column];
        values[row][column] = pixel == nullptr ? Vector{} : load(pixel + channel);
      }
    }
    transform_2d<6, 6, input_1d>(values, result);
  }
};

inline void transform_gradient_tile(const float *gradient, const Tiles &tiles, int64_t tile, int64_t channels,
                                    int64_t channel, Vector *result) {
  const Place place(tiles, tile);
  Vector values[kTile][kTile];
  for (int row = 0; row < kTile; ++row) {
    for (int column = 0; column < kTile; ++column) {
      const int64_t y = place.top + row, x = place.left + column;
      const bool inside = y < tiles.height && x < tiles.width;
      values[row][column] =
          inside ? load(gradient + ((place.image * tiles.height + y) * tiles.width + x) * channels + channel)
                 : Vector{};
    }
  }
  transform_2d<kTile, 6, gradient_1d>(values, result);
}

/** The nine cells of a filter, `kLanes` outputs of each, transformed. */
inline void transform_filter_cells(const float *filter, int64_t inputs, int64_t outputs, int64_t input, int64_t output,
                                   Vector *result) {
  Vector values[3][3];
  for (int cell = 0; cell < 9; ++cell) {
    values[cell / 3][cell % 3] = load(filter + (cell * inputs + input) * outputs + output);
  }
  transform_2d<3, 6, filter_1d>(values, result);
}

/** A square of lanes × lanes of inputs and outputs at each cell of a filter, turned by 180°, inputs and outputs exchanged. */
struct TurnedFilter {
  float cells[9][kLanes][kLanes];

  TurnedFilter(const float *filter, int64_t inputs, int64_t outputs, int64_t input, int64_t output) {
    for (int cell = 0; cell < 9; ++cell) {
      const float *block = filter + ((8 - cell) * inputs + input) * outputs + output;
      for (int row = 0; row < kLanes; ++row) {
        for (int column = 0; column < kLanes; ++column) cells[cell][column][row] = block[row * outputs + column];
      }
    }
  }

  /** `kLanes` inputs of one output. */
  void transform(int output, Vector *result) const {
    Vector values[3][3];
    for (int cell = 0; cell < 9; ++cell) values[cell / 3][cell % 3] = load(cells[cell][output]);
    transform_2d<3, 6, filter_1d>(values, result);
  }
};

void transform_output(const float *products, const float *bias, bool relu, const Tiles &tiles, const Chunk &chunk,
                      int64_t channels, float *output, int64_t from, int64_t to) {
  const int64_t step = channels * chunk.count;
  for (int64_t tile = from; tile < to; ++tile) {
    const Place place(tiles, chunk.first + tile);
    const int64_t rows = tiles.height - place.top < kTile ? tiles.height - place.top : kTile;
    const int64_t columns = tiles.width - place.left < kTile ? tiles.width - place.left : kTile;
    for (int64_t channel = 0; channel < channels; channel += kLanes) {
      const float *from_point = products + (channel / kPanel * chunk.count + tile) * kPanel + channel % kPanel;
      Vector values[6][6], result[kTile * kTile];
      for (int point = 0; point < kPoints; ++point) values[point / 6][point % 6] = load(from_point + point * step);
      transform_2d<6, kTile, output_1d>(values, result);
      const Vector offset = bias == nullptr ? Vector{} : load(bias + channel);
      for (int64_t row = 0; row < rows; ++row) {
        float *to_pixel =
            output + ((place.image * tiles.height + place.top + row) * tiles.width + place.left) * channels + channel;
        for (int64_t column = 0; column < columns; ++column) {
          const Vector value = result[row * kTile + column] + offset;
          store(to_pixel + column * channels, relu ? rectify(value) : value);
        }
      }
    }
  }
}

void transform_filter_gradient(const float *transformed, int64_t inputs, int64_t outputs, float *gradient,
                               int64_t from, int64_t to) {
  for (int64_t input = 0; input < inputs; ++input) {
    for (int64_t output = from * kPanel; output < to * kPanel; output += kLanes) {
      const float *place = transformed + (output / kPanel * inputs + input) * kPanel + output % kPanel;
      Vector values[6][6], result[9];
      for (int point = 0; point < kPoints; ++point) {
        values[point / 6][point % 6] = load(place + point * inputs * outputs);
      }
      transform_2d<6, 3, filter_gradient_1d>(values, result);
      for (int cell = 0; cell < 9; ++cell) store(gradient + (cell * inputs + input) * outputs + output, result[cell]);
    }
  }
}

void sum_pixels(const float *gradient, int64_t pixels, int64_t channels, float *sums, int64_t from, int64_t to) {
  for (int64_t channel = from * kPanel; channel < to * kPanel; channel += kLanes) {
    // Many partial sums: one alone would lose digits over 400,000 pixels.
    Vector total = {};
    for (int64_t first = 0; first < pixels; first += 512) {
      const int64_t end = first + 512 < pixels ? first + 512 : pixels;
      Vector part = {};
      for (int64_t pixel = first; pixel < end; ++pixel) part += load(gradient + pixel * channels + channel);
      total += part;
    }
    store(sums + channel, total);
  }
}

}  // namespace
}  // namespace parenchyma
