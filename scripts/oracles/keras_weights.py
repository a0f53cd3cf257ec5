"""Writes small Keras and TF.js files to test/fixtures, and what Keras's VGG-16 computes with weights made by a formula.

    python3 -m venv /tmp/torch && /tmp/torch/bin/pip install tensorflow-cpu h5py numpy
    /tmp/torch/bin/python scripts/oracles/keras_weights.py
"""
import json
import os
import pathlib
import zlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy as np

FIXTURES = pathlib.Path(__file__).parents[2] / "test/fixtures"
FOLDER = FIXTURES / "weights"
TFJS = FIXTURES / "weights-tfjs"


def hashed(name, count):
    """As in torch_parity.py and test/parity/formula.ts."""
    x = np.arange(count, dtype=np.uint64) * np.uint64(2654435761) + np.uint64(zlib.crc32(name.encode()))
    x &= np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x45D9F3B), (16, 0x45D9F3B)):
        x = ((x ^ (x >> np.uint64(shift))) * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(16)
    return (x.astype(np.float64) / 2**31 - 1).astype(np.float32)


def formula(path, shape):
    values = hashed(path, int(np.prod(shape))).reshape(shape)
    return values * np.float32(np.sqrt(6 / np.prod(shape[:-1])) if len(shape) > 1 else 0.1)


def small_model():
    """Keras's names and kinds of layers at a size that can be kept."""
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((4, 4, 3)),
            layers.Conv2D(2, 3, padding="same", name="block1_conv1"),
            layers.Conv2D(3, 3, padding="same", name="block1_conv2"),
            layers.Flatten(name="flatten"),
            layers.Dense(5, name="fc1"),
        ]
    )
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([formula(f"{layer.name}/{i}", w.shape) for i, w in enumerate(layer.get_weights())])
    return model


def in_torch_layout(kernel, first):
    if kernel.ndim == 1:
        return kernel
    if kernel.ndim == 2:
        return kernel.T
    turned = kernel.transpose(3, 2, 0, 1)
    return turned[:, ::-1] if first else turned


def expected(model):
    names = {"block1_conv1": "features.0", "block1_conv2": "features.2", "fc1": "classifier.0"}
    result = {}
    for layer in model.layers:
        for kind, value in zip(("weight", "bias"), layer.get_weights()):
            turned = in_torch_layout(value, layer.name == "block1_conv1" and kind == "weight")
            result[f"{names[layer.name]}.{kind}"] = {"shape": list(turned.shape), "values": np.float64(turned).reshape(-1).tolist()}
    return result


def write_old_style(model, path):
    """As Keras 1 and the files of keras.applications have it: a group per layer, variables called W and b."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        for layer in model.layers:
            group = file.create_group(layer.name)
            names = [f"{layer.name}_{kind}_1:0".encode() for kind in "Wb"][: len(layer.get_weights())]
            group.attrs["weight_names"] = names
            for name, value in zip(names, layer.get_weights()):
                group.create_dataset(name.decode(), data=value)


def write_other_kinds(model):
    """Half, double and big-endian numbers; and numbers that lie in another file, which is not there for the reader."""
    kinds = iter(("<f2", ">f4", "<f8", ">f8", "<f4", ">f2"))
    with h5py.File(FOLDER / "keras-kinds.h5", "w") as file:
        for layer in model.layers:
            for kind, value in zip(("kernel", "bias"), layer.get_weights()):
                file.create_dataset(f"{layer.name}/{layer.name}/{kind}:0", data=value.astype(next(kinds)))
    with h5py.File(FOLDER / "keras-elsewhere.h5", "w") as file:
        file.create_dataset("block1_conv1/block1_conv1/bias:0", shape=(2,), dtype="<f4", external=[("elsewhere.bin", 0, 8)])


def write_layers_model(model):
    TFJS.mkdir(exist_ok=True)
    weights, data = [], b""
    for layer in model.layers:
        for kind, value in zip(("kernel", "bias"), layer.get_weights()):
            entry = {"name": f"{layer.name}/{kind}", "shape": list(value.shape), "dtype": "float32"}
            if layer.name == "block1_conv2":
                entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
                value = value.astype(np.float16)
            if layer.name == "fc1" and kind == "kernel":
                low, scale = float(value.min()), float((value.max() - value.min()) / 255)
                entry["quantization"] = {"dtype": "uint8", "min": low, "scale": scale, "original_dtype": "float32"}
                value = np.round((value - low) / scale).astype(np.uint8)
            weights.append(entry)
            data += value.tobytes()
    cut = len(data) // 2 + 1
    for number, part in enumerate((data[:cut], data[cut:]), 1):
        (TFJS / f"group1-shard{number}of2.bin").write_bytes(part)
    manifest = [{"paths": ["group1-shard1of2.bin", "group1-shard2of2.bin"], "weights": weights}]
    (TFJS / "model.json").write_text(
        json.dumps({"format": "layers-model", "modelTopology": json.loads(model.to_json()), "weightsManifest": manifest})
    )


def vgg16():
    """The whole VGG-16 of Keras on one image of gray levels."""
    model = keras.applications.VGG16(weights=None, classifier_activation=None)
    for layer in model.layers:
        kinds = ("kernel", "bias")[: len(layer.get_weights())]
        if kinds:
            layer.set_weights([formula(f"{layer.name}/{kind}", w.shape) for kind, w in zip(kinds, layer.get_weights())])
    gray = np.floor((hashed("pixels 224", 224 * 224).astype(np.float64) + 1) * 127.5).clip(0, 255)
    pixels = np.repeat(gray.reshape(1, 224, 224, 1), 3, axis=3).astype(np.float32)
    logits = model(keras.applications.vgg16.preprocess_input(pixels.copy())).numpy()[0]
    return {"logits": np.float64(logits[:20]).tolist(), "largest": float(np.abs(logits).max())}


def main():
    model = small_model()
    model.save(FOLDER / "keras-model.h5")
    model.save_weights(FOLDER / "keras3.weights.h5")
    write_old_style(model, FOLDER / "keras-old.h5")
    with h5py.File(FOLDER / "keras-compressed.h5", "w") as file:
        file.create_dataset("block1_conv1/kernel:0", data=np.zeros((3, 3, 3, 2), np.float32), compression="gzip")
    write_other_kinds(model)
    write_layers_model(model)
    (FIXTURES / "compute/keras.json").write_text(
        json.dumps({"keras": keras.__version__, "small": expected(model), "vgg16": vgg16()}) + "\n"
    )


main()
