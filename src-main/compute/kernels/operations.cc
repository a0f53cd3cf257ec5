// The convolutions as operations of TensorFlow, registered through its C API when the binding is loaded. On a processor that
// has no kernels here nothing is registered, and the engine keeps to TensorFlow's own.
#include <cstdio>
#include <new>
#include <string>

#include "convolution.h"
#include "threads.h"
#include "update.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace parenchyma {
namespace {

/** A failure that TensorFlow reports to the caller of the operation. */
struct Refusal {
  TF_Code code;
  std::string message;
};

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  Status(const Status &) = delete;
  TF_Status *get() { return status_; }
  void check() {
    if (TF_GetCode(status_) != TF_OK) throw Refusal{TF_GetCode(status_), TF_Message(status_)};
  }

 private:
  TF_Status *status_;
};

class Tensor {
 public:
  explicit Tensor(TF_Tensor *tensor) : tensor_(tensor) {}
  ~Tensor() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  Tensor(const Tensor &) = delete;
  float *values() const { return static_cast<float *>(TF_TensorData(tensor_)); }
  int64_t count() const { return TF_TensorElementCount(tensor_); }
  int64_t size(int axis) const { return TF_Dim(tensor_, axis); }
  int axes() const { return TF_NumDims(tensor_); }
  Tiles tiles() const { return Tiles(size(0), size(1), size(2)); }

 private:
  TF_Tensor *tensor_;
};

struct InputTensor : Tensor {
  InputTensor(TF_OpKernelContext *context, int index) : Tensor(take(context, index)) {}
  static TF_Tensor *take(TF_OpKernelContext *context, int index) {
    Status status;
    TF_Tensor *tensor = nullptr;
    TF_GetInput(context, index, &tensor, status.get());
    status.check();
    return tensor;
  }
};

struct OutputTensor : Tensor {
  template <int Axes>
  OutputTensor(TF_OpKernelContext *context, int index, const int64_t (&shape)[Axes])
      : Tensor(make(context, index, shape, Axes)) {}
  static TF_Tensor *make(TF_OpKernelContext *context, int index, const int64_t *shape, int axes) {
    Status status;
    size_t bytes = sizeof(float);
    for (int axis = 0; axis < axes; ++axis) bytes *= shape[axis];
    TF_Tensor *tensor = TF_AllocateOutput(context, index, TF_FLOAT, shape, axes, bytes, status.get());
    status.check();
    return tensor;
  }
};

void require(bool condition, const char *what) {
  if (!condition) throw Refusal{TF_INVALID_ARGUMENT, what};
}

using Kernels = const WinogradKernels *(*)();

void check_channels(const WinogradKernels &kernels, int64_t inputs, int64_t outputs) {
  require(takes_channels(kernels, inputs, outputs), "these numbers of channels are not worked on in panels");
}

int64_t outputs_of(const WinogradKernels &kernels, int64_t transformed, int64_t inputs) {
  return inputs == 0 ? 0 : transformed / transformed_size(kernels, inputs, 1);
}

template <Kernels kernels, bool turned>
void compute_filter(TF_OpKernelContext *context) {
  const InputTensor filter(context, 0);
  require(filter.axes() == 4 && filter.size(0) == 3 && filter.size(1) == 3, "the filter must be [3, 3, inputs, outputs]");
  const int64_t inputs = filter.size(2), outputs = filter.size(3);
  check_channels(*kernels(), inputs, outputs);
  const int64_t shape[] = {transformed_size(*kernels(), inputs, outputs)};
  const OutputTensor transformed(context, 0, shape);
  transform_filter(*kernels(), filter.values(), inputs, outputs, turned, transformed.values());
}

template <Kernels kernels, bool relu>
void compute_convolution(TF_OpKernelContext *context) {
  const InputTensor input(context, 0), filter(context, 1), bias(context, 2);
  require(input.axes() == 4, "the input must have four axes");
  const int64_t inputs = input.size(3), outputs = outputs_of(*kernels(), filter.count(), inputs);
  check_channels(*kernels(), inputs, outputs);
  require(filter.count() == transformed_size(*kernels(), inputs, outputs), "the filter does not fit the input");
  require(bias.count() == outputs || bias.count() == 0, "the bias must have a value for each output, or none");
  const int64_t shape[] = {input.size(0), input.size(1), input.size(2), outputs};
  const OutputTensor output(context, 0, shape);
  convolve(*kernels(), input.values(), filter.values(), bias.count() == 0 ? nullptr : bias.values(), relu,
           input.tiles(), inputs, outputs, output.values());
}

template <Kernels kernels>
void compute_gradient(TF_OpKernelContext *context) {
  const InputTensor input(context, 0), gradient(context, 1);
  require(input.axes() == 4 && gradient.axes() == 4, "input and gradient must have four axes");
  for (int axis = 0; axis < 3; ++axis) require(input.size(axis) == gradient.size(axis), "input and gradient differ");
  const int64_t inputs = input.size(3), outputs = gradient.size(3);
  check_channels(*kernels(), inputs, outputs);
  const int64_t shape[] = {3, 3, inputs, outputs}, bias_shape[] = {outputs};
  const OutputTensor filter_gradient_tensor(context, 0, shape), bias_gradient(context, 1, bias_shape);
  filter_gradient(*kernels(), input.values(), gradient.values(), input.tiles(), inputs, outputs,
                  filter_gradient_tensor.values(), bias_gradient.values());
}

ProductGradient product_gradient(const Tensor &weights, const Tensor &inputs, const Tensor &slopes) {
  require(weights.axes() == 2 && inputs.axes() == 2 && slopes.axes() == 2, "matrices are needed");
  const ProductGradient gradient = {inputs.values(), slopes.values(), inputs.size(0), weights.size(0), weights.size(1)};
  require(inputs.size(1) == gradient.rows && slopes.size(1) == gradient.columns && slopes.size(0) == gradient.batch,
          "inputs and slopes do not fit the weights");
  return gradient;
}

// Both updates write into their first inputs: what a variable was read as is the variable's own memory.
void compute_momentum_update(TF_OpKernelContext *context) {
  const InputTensor weights(context, 0), moving(context, 1), inputs(context, 2), slopes(context, 3);
  const InputTensor constants(context, 4);
  const ProductGradient gradient = product_gradient(weights, inputs, slopes);
  require(moving.count() == weights.count() && constants.count() == 3, "moments or constants do not fit");
  const float *values = constants.values();
  in_parallel(gradient.rows, 8 * thread_count(), [&](int64_t from, int64_t to, int) {
    update_by_momentum(gradient, values[0], values[1], values[2], weights.values(), moving.values(), from, to);
  });
}

void compute_adam_update(TF_OpKernelContext *context) {
  const InputTensor weights(context, 0), mean(context, 1), square(context, 2), inputs(context, 3), slopes(context, 4);
  const InputTensor constants(context, 5);
  const ProductGradient gradient = product_gradient(weights, inputs, slopes);
  require(mean.count() == weights.count() && square.count() == weights.count() && constants.count() == 5,
          "moments or constants do not fit");
  const float *values = constants.values();
  const AdamConstants adam = {values[0], values[1], values[2], values[3], values[4]};
  in_parallel(gradient.rows, 8 * thread_count(), [&](int64_t from, int64_t to, int) {
    update_by_adam(gradient, adam, weights.values(), mean.values(), square.values(), from, to);
  });
}

using Compute = void (*)(TF_OpKernelContext *);

/** No exception may pass through TensorFlow. */
template <Compute compute>
void guarded(void *, TF_OpKernelContext *context) {
  Refusal refusal;
  try {
    compute(context);
    return;
  } catch (const Refusal &thrown) {
    refusal = thrown;
  } catch (const std::bad_alloc &) {
    refusal = {TF_RESOURCE_EXHAUSTED, "OOM: not enough memory for a convolution"};
  }
  Status status;
  TF_SetStatus(status.get(), refusal.code, refusal.message.c_str());
  TF_OpKernelContext_Failure(context, status.get());
}

/** The kernels have no state. */
void *create(TF_OpKernelConstruction *) { return nullptr; }
void destroy(void *) {}

void leave_shape_open(TF_ShapeInferenceContext *context, TF_Status *status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

template <Compute compute>
void register_operation(const std::string &name, std::initializer_list<const char *> inputs,
                        std::initializer_list<const char *> outputs) {
  Status status;
  TF_OpDefinitionBuilder *definition = TF_NewOpDefinitionBuilder(name.c_str());
  for (const char *input : inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char *output : outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, leave_shape_open);
  TF_RegisterOpDefinition(definition, status.get());
  if (TF_GetCode(status.get()) == TF_OK) {
    TF_KernelBuilder *kernel = TF_NewKernelBuilder(name.c_str(), "CPU", create, guarded<compute>, destroy);
    TF_RegisterKernelBuilder(name.c_str(), kernel, status.get());
  }
  // The engine finds the operation missing and does without; this line says why.
  if (TF_GetCode(status.get()) != TF_OK) std::fprintf(stderr, "%s: %s\n", name.c_str(), TF_Message(status.get()));
}

/** Registers the operations, with names that end in `suffix`, where the processor has the kernels. */
template <Kernels kernels>
void register_operations(const std::string &suffix) {
  if (kernels() == nullptr) return;
  const auto filter = {"filter: float"}, transformed = {"transformed: float"};
  register_operation<compute_filter<kernels, false>>("ParenchymaTransformFilter" + suffix, filter, transformed);
  register_operation<compute_filter<kernels, true>>("ParenchymaTransformFilterTurned" + suffix, filter, transformed);
  const auto inputs = {"input: float", "transformed: float", "bias: float"};
  register_operation<compute_convolution<kernels, false>>("ParenchymaConvolution" + suffix, inputs, {"output: float"});
  register_operation<compute_convolution<kernels, true>>("ParenchymaConvolutionRelu" + suffix, inputs,
                                                         {"output: float"});
  register_operation<compute_gradient<kernels>>("ParenchymaFilterGradient" + suffix,
                                                {"input: float", "gradient: float"},
                                                {"filter_gradient: float", "bias_gradient: float"});
}

const bool registered = [] {
  register_operations<float32_kernels>("");
  register_operations<bfloat16_kernels>("Bfloat16");
  if (float32_kernels() == nullptr) return false;
  register_operation<compute_momentum_update>(
      "ParenchymaProductMomentum",
      {"weights: float", "moving: float", "inputs: float", "slopes: float", "constants: float"}, {});
  register_operation<compute_adam_update>(
      "ParenchymaProductAdam",
      {"weights: float", "mean: float", "square: float", "inputs: float", "slopes: float", "constants: float"}, {});
  return true;
}();

}  // namespace
}  // namespace parenchyma
