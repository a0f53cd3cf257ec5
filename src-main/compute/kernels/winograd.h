// Winograd's minimal filtering for 3×3 convolutions with stride 1 and zero padding 1 (Lavin & Gray 2016, after Winograd
// 1980): F(4×4, 3×3). An output tile of 4×4 is found from an input tile of 6×6 by 36 products per pair of channels instead of
// 144. Interpolation points 0, ±3/4, ±3/2, ∞: their powers are exact in binary, and the largest rounding error is a third
// of that of the usual 0, ±1, ±2, ∞.
//
// Images are [batch, height, width, channels], filters [3, 3, inputs, outputs], all float32, row-major. The intermediate
// arrays are laid out for the products that read them:
//   transformed filter  [36][outputs / panel][inputs][panel]
//   transformed input   [36][blocks][inputs / lanes][rows][lanes]   tile t of a chunk is row t % rows of block t / rows
//   products, transformed gradient  [36][channels / panel][tiles][panel]
// Where the factors are bfloat16, two that are added up (of neighbouring inputs, or of neighbouring tiles in the filter's
// gradient) lie side by side in the place of one float32:
//   transformed filter  [36][outputs / panel][inputs / 2][panel][2]
//   transformed input   [36][blocks][inputs / 32][rows][32], and for the gradient [36][inputs / 16][tiles / 2][16][2]
//   transformed gradient  [36][channels / panel][tiles / 2][panel][2]
#pragma once
#include <cstdint>

namespace parenchyma {

constexpr int kPoints = 36;
constexpr int kTile = 4;

/** The tiles of a batch of images. */
struct Tiles {
  int64_t batch, height, width;
  int64_t down, across;

  Tiles(int64_t batch, int64_t height, int64_t width)
      : batch(batch), height(height), width(width),
        down((height + kTile - 1) / kTile), across((width + kTile - 1) / kTile) {}
  int64_t count() const { return batch * down * across; }
};

/** Consecutive tiles that are worked on at once, `rows` of them side by side in a product. */
struct Chunk {
  int64_t first, count, rows;

  int64_t blocks() const { return (count + rows - 1) / rows; }
};

/**
 * The stages, compiled once for each instruction set. Each works on a range `from … to` of what it may be divided into, so
 * that threads share a stage; every result is computed by one of them alone, whatever their number.
 */
struct WinogradKernels {
  /** Floats in a vector register; inputs must be a multiple of it. */
  int lanes;
  /** Outputs that a product works on at once; outputs must be a multiple of it. */
  int panel;
  /** Most rows of a product. */
  int rows;
  /** How many factors lie in the place of one float32: 1, or 2 in bfloat16. */
  int packed;

  /** Range: panels of outputs. */
  void (*transform_filter)(const float *filter, int64_t inputs, int64_t outputs, float *transformed, int64_t from,
                           int64_t to);
  /** The filter of the input's gradient: turned by 180°, inputs and outputs exchanged. Range: panels of the filter's inputs. */
  void (*transform_filter_turned)(const float *filter, int64_t inputs, int64_t outputs, float *transformed,
                                  int64_t from, int64_t to);
  /** Range: tiles of the chunk. */
  void (*transform_input)(const float *input, const Tiles &tiles, const Chunk &chunk, int64_t channels,
                          float *transformed, int64_t from, int64_t to);
  /** Range: 36 · panels of outputs. */
  void (*multiply)(const float *input, const float *filter, const Chunk &chunk, int64_t inputs, int64_t outputs,
                   float *products, int64_t from, int64_t to);
  /** Adds the bias, rectifies where asked. Range: tiles of the chunk. */
  void (*transform_output)(const float *products, const float *bias, bool relu, const Tiles &tiles,
                           const Chunk &chunk, int64_t channels, float *output, int64_t from, int64_t to);

  /** The input as the filter's gradient needs it. Range: pairs of tiles of the chunk. */
  void (*transform_input_for_gradient)(const float *input, const Tiles &tiles, const Chunk &chunk, int64_t channels,
                                       float *transformed, int64_t from, int64_t to);
  /** Range: pairs of tiles of the chunk. */
  void (*transform_gradient)(const float *gradient, const Tiles &tiles, const Chunk &chunk, int64_t channels,
                             float *transformed, int64_t from, int64_t to);
  /** Adds to, or begins, the transformed filter gradient. Range: 36 · panels of outputs. */
  void (*multiply_gradient)(const float *input, const float *gradient, const Chunk &chunk, int64_t inputs,
                            int64_t outputs, bool begin, float *filter_gradient, int64_t from, int64_t to);
  /** Range: panels of outputs. */
  void (*transform_filter_gradient)(const float *transformed, int64_t inputs, int64_t outputs, float *gradient,
                                    int64_t from, int64_t to);
  /** Sum over all pixels of each channel. Range: panels of channels. */
  void (*sum_pixels)(const float *gradient, int64_t pixels, int64_t channels, float *sums, int64_t from, int64_t to);
};

extern const WinogradKernels winograd_avx512;
extern const WinogradKernels winograd_avx2;
/** Factors rounded to bfloat16, sums in float32. */
extern const WinogradKernels winograd_bfloat16;

}  // namespace parenchyma
