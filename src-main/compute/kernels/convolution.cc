#include "convolution.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "threads.h"

namespace parenchyma {
namespace {

/** Divides tiles into chunks of nearly equal size, and a chunk into blocks of nearly equal rows. */
Chunk divide(const WinogradKernels &kernels, int64_t tiles, int64_t most) {
  const int64_t chunks = (tiles + most - 1) / most;
  const int64_t count = (tiles + chunks - 1) / chunks;
  const int64_t blocks = (count + kernels.rows - 1) / kernels.rows;
  return Chunk{0, count, (count + blocks - 1) / blocks};
}

/** The chunk that begins at tile `index · whole.count`; the last one may be smaller. */
Chunk chunk_at(const Chunk &whole, int64_t index, int64_t tiles) {
  const int64_t first = index * whole.count;
  return Chunk{first, std::min(whole.count, tiles - first), whole.rows};
}

struct Release {
  void operator()(float *values) const { std::free(values); }
};
using Scratch = std::unique_ptr<float, Release>;

Scratch allocate(int64_t count) {
  void *values = nullptr;
  if (posix_memalign(&values, 64, count * sizeof(float)) != 0) throw std::bad_alloc();
  return Scratch(static_cast<float *>(values));
}

/** Room for `channels` of every tile of a chunk, at each point; an odd tile makes a pair. */
Scratch allocate_chunk(const Chunk &chunk, int64_t channels, int packed = 1) {
  return allocate(kPoints * (chunk.blocks() * chunk.rows + 1) * channels / packed);
}

/** Parts of a stage: a few for each thread, so that one that was held up does not make the others wait for long. */
int64_t parts() { return 4 * thread_count(); }

}  // namespace

const WinogradKernels *float32_kernels() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) return &winograd_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &winograd_avx2;
  return nullptr;
}

const WinogradKernels *bfloat16_kernels() {
#ifdef WITH_BFLOAT16
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw")) return &winograd_bfloat16;
#endif
  return nullptr;
}

bool takes_channels(const WinogradKernels &kernels, int64_t inputs, int64_t outputs) {
  return inputs > 0 && outputs > 0 && inputs % kernels.panel == 0 && outputs % kernels.panel == 0;
}

int64_t transformed_size(const WinogradKernels &kernels, int64_t inputs, int64_t outputs) {
  return kPoints * inputs * outputs / kernels.packed;
}

void transform_filter(const WinogradKernels &kernels, const float *filter, int64_t inputs, int64_t outputs, bool turned,
                      float *transformed) {
  const auto stage = turned ? kernels.transform_filter_turned : kernels.transform_filter;
  in_parallel((turned ? inputs : outputs) / kernels.panel, parts(), [&](int64_t from, int64_t to, int) {
    stage(filter, inputs, outputs, transformed, from, to);
  });
}

// Each thread takes whole chunks through all three stages, so that the arrays between them stay in its own cache. They are made
// half as large as the transformed filter, which is read once for each chunk.
void convolve(const WinogradKernels &kernels, const float *input, const float *filter, const float *bias, bool relu,
              const Tiles &tiles, int64_t inputs, int64_t outputs, float *output) {
  const int64_t worthwhile = std::max<int64_t>(2 * kernels.rows, inputs * outputs / (inputs + outputs) / 2);
  const int64_t share = (tiles.count() + thread_count() - 1) / thread_count();
  const Chunk whole = divide(kernels, tiles.count(), std::min(worthwhile, share));
  std::vector<Scratch> transformed, products;
  for (int thread = 0; thread < thread_count(); ++thread) {
    transformed.push_back(allocate_chunk(whole, inputs, kernels.packed));
    products.push_back(allocate_chunk(whole, outputs));
  }
  const int64_t chunks = (tiles.count() + whole.count - 1) / whole.count;
  in_parallel(chunks, chunks, [&](int64_t from, int64_t to, int thread) {
    float *const between = transformed[thread].get(), *const sums = products[thread].get();
    for (int64_t index = from; index < to; ++index) {
      const Chunk chunk = chunk_at(whole, index, tiles.count());
      kernels.transform_input(input, tiles, chunk, inputs, between, 0, chunk.count);
      kernels.multiply(between, filter, chunk, inputs, outputs, sums, 0, kPoints * outputs / kernels.panel);
      kernels.transform_output(sums, bias, relu, tiles, chunk, outputs, output, 0, chunk.count);
    }
  });
}

// All threads work on one chunk at a time, since what they add to is as large as the transformed filter. Chunks follow each other
// in order, and each sum belongs to one thread: the result does not depend on their number.
void filter_gradient(const WinogradKernels &kernels, const float *input, const float *gradient, const Tiles &tiles,
                     int64_t inputs, int64_t outputs, float *filter_gradient, float *bias_gradient) {
  constexpr int64_t kMostTiles = 224;
  const Chunk whole = divide(kernels, tiles.count(), kMostTiles);
  const Scratch transformed = allocate_chunk(whole, inputs, kernels.packed);
  const Scratch slopes = allocate_chunk(whole, outputs, kernels.packed);
  const Scratch sums = allocate(kPoints * inputs * outputs);
  const int64_t panels = outputs / kernels.panel;
  for (int64_t index = 0; index * whole.count < tiles.count(); ++index) {
    const Chunk chunk = chunk_at(whole, index, tiles.count());
    in_parallel((chunk.count + 1) / 2, parts(), [&](int64_t from, int64_t to, int) {
      kernels.transform_input_for_gradient(input, tiles, chunk, inputs, transformed.get(), from, to);
      kernels.transform_gradient(gradient, tiles, chunk, outputs, slopes.get(), from, to);
    });
    in_parallel(kPoints * panels, parts(), [&](int64_t from, int64_t to, int) {
      kernels.multiply_gradient(transformed.get(), slopes.get(), chunk, inputs, outputs, index == 0, sums.get(), from,
                                to);
    });
  }
  in_parallel(panels, panels, [&](int64_t from, int64_t to, int) {
    kernels.transform_filter_gradient(sums.get(), inputs, outputs, filter_gradient, from, to);
    kernels.sum_pixels(gradient, tiles.batch * tiles.height * tiles.width, outputs, bias_gradient, from, to);
  });
}

}  // namespace parenchyma
