"""Writes test/fixtures/compute/torch-parity.json: what PyTorch computes for both architectures and heads.

Weights and images come from a formula that the tests evaluate too, so the file holds only results. Everything is computed
in float64, which makes PyTorch the exact reference and leaves the whole tolerance to the engine under test.

    python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch numpy
    /tmp/torch/bin/python scripts/oracles/torch_parity.py
"""
import json
import pathlib
import zlib

import numpy as np
import torch
from torch import nn

CONFIGURATIONS = {
    "vgg16": ([64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"], False),
    "vgg19_bn": (
        [64, 64, "M", 128, 128, "M", 256, 256, 256, 256, "M", 512, 512, 512, 512, "M", 512, 512, 512, 512, "M"],
        True,
    ),
}
CLASSES = 2
CLASS_WEIGHTS = [1.0, 2.0]
STEPS = 3
# Offset of batch normalisation. It keeps nearly all activations away from the kink of the ReLU, where rounding would decide on
# which side they fall and a comparison of gradients would measure that decision instead of the arithmetic.
OFFSET = 2.5


def hashed(name, count):
    """Uniform numbers -1 ... 1 from name and place alone (32-bit integer arithmetic, see test/parity/formula.ts)."""
    x = np.arange(count, dtype=np.uint64) * np.uint64(2654435761) + np.uint64(zlib.crc32(name.encode()))
    x &= np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x45D9F3B), (16, 0x45D9F3B)):
        x = ((x ^ (x >> np.uint64(shift))) * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(16)
    return (x.astype(np.float64) / 2**31 - 1).astype(np.float32)


def tensor_values(architecture, name, shape):
    values = hashed(name, int(np.prod(shape)))
    if len(shape) > 1:
        return (values * np.float32(np.sqrt(6 / np.prod(shape[1:])))).reshape(shape)
    if name.endswith("running_var") or (name.startswith("features") and name.endswith("weight")):
        return (np.float32(1) + values * np.float32(0.25)).reshape(shape)
    if is_offset(architecture, name):
        return (np.float32(OFFSET) + values * np.float32(0.1)).reshape(shape)
    return (values * np.float32(0.1)).reshape(shape)


class Vgg(nn.Module):
    """torchvision.models.vgg.VGG, written out; dropout is left out since its masks are random."""

    def __init__(self, architecture, head):
        super().__init__()
        configuration, normalised = CONFIGURATIONS[architecture]
        layers, inputs = [], 3
        for entry in configuration:
            if entry == "M":
                layers.append(nn.MaxPool2d(2, 2))
                continue
            layers.append(nn.Conv2d(inputs, entry, 3, padding=1))
            if normalised:
                layers.append(nn.BatchNorm2d(entry))
            layers.append(nn.ReLU())
            inputs = entry
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(7 if head == "full" else 1)
        if head == "full":
            self.classifier = nn.Sequential(
                nn.Linear(512 * 49, 4096), nn.ReLU(), nn.Identity(),
                nn.Linear(4096, 4096), nn.ReLU(), nn.Identity(),
                nn.Linear(4096, CLASSES),
            )
        else:
            self.classifier = nn.Linear(512, CLASSES)

    def forward(self, pixels):
        return self.classifier(torch.flatten(self.avgpool(self.features(pixels)), 1))


def fresh(architecture, head):
    network = Vgg(architecture, head)
    state = {
        name: torch.from_numpy(tensor_values(architecture, name, tuple(value.shape))) if value.is_floating_point() else value
        for name, value in network.state_dict().items()
    }
    network.load_state_dict(state)
    return network.double()


def pixels_of(name, count, size):
    gray = np.floor((hashed(name, count * size * size).astype(np.float64) + 1) * 127.5).clip(0, 255)
    gray = torch.from_numpy(gray.reshape(count, 1, size, size)) / 255
    mean = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64).reshape(1, 3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64).reshape(1, 3, 1, 1)
    return (gray - mean) / deviation


def norm_and_samples(name, tensor, reference):
    """The norm, and the values at four places where the reference tensor is large (ratios of tiny numbers say nothing)."""
    flat, large = tensor.detach().reshape(-1), reference.detach().reshape(-1).abs()
    candidates = np.unique(((hashed("places " + name, 64).astype(np.float64) + 1) / 2 * (flat.numel() - 1)).astype(int))
    places = sorted(candidates.tolist(), key=lambda place: -float(large[place]))[:4]
    return {"norm": float(flat.norm()), "places": places, "values": [float(flat[place]) for place in places]}


def training(architecture, head, size, batch, make_optimiser):
    network = fresh(architecture, head).train()
    optimiser = make_optimiser(network.parameters())
    loss_of = nn.CrossEntropyLoss(weight=torch.tensor(CLASS_WEIGHTS, dtype=torch.float64))
    pixels = pixels_of(f"pixels {size}", batch, size)
    labels = torch.arange(batch) % CLASSES
    before = {name: value.clone() for name, value in network.state_dict().items() if value.is_floating_point()}
    losses, gradients, result = [], None, {}
    for step in range(STEPS):
        optimiser.zero_grad()
        loss = loss_of(network(pixels), labels)
        loss.backward()
        losses.append(float(loss.detach()))
        if step == 0:
            gradients = {name: value.grad.clone() for name, value in network.named_parameters()}
        optimiser.step()
        if step == 0:
            result["changes"] = {
                name: norm_and_samples(name, value - before[name], gradients.get(name, value - before[name]))
                for name, value in network.state_dict().items()
                if name in before
            }
    result["losses"] = losses
    result["gradients"] = {name: norm_and_samples(name, value, value) for name, value in gradients.items()}
    return result


def own_error(architecture, head, size, batch, exact):
    """How far PyTorch's own float32 gradients are from its float64 ones: the worst of its memory layouts and convolutions.

    Batch normalisation brings some activations so close to 0, or to another of the same pooling cell, that rounding
    decides on which side they fall. Which ones depends on the order of summation, so no engine in float32 is better.
    """
    worst = 0.0
    for layout, onednn in ((torch.contiguous_format, True), (torch.channels_last, True), (torch.contiguous_format, False)):
        network = fresh(architecture, head).train().float().to(memory_format=layout)
        loss_of = nn.CrossEntropyLoss(weight=torch.tensor(CLASS_WEIGHTS))
        pixels = pixels_of(f"pixels {size}", batch, size).float().to(memory_format=layout)
        with torch.backends.mkldnn.flags(enabled=onednn):
            loss_of(network(pixels), torch.arange(batch) % CLASSES).backward()
        for name, value in network.named_parameters():
            if is_without_effect(architecture, name):
                continue
            expected = exact[name]
            flat = value.grad.contiguous().reshape(-1)
            largest = max(abs(one) for one in expected["values"])
            off = max(abs(float(flat[place]) - one) for place, one in zip(expected["places"], expected["values"]))
            worst = max(worst, off / largest)
    return worst


def is_offset(architecture, name):
    """The shift of a batch normalisation: a bias of the backbone that is no convolution's."""
    normalised = CONFIGURATIONS[architecture][1]
    return normalised and name.startswith("features") and name.endswith("bias") and not is_without_effect(architecture, name)


def is_without_effect(architecture, name):
    """A bias before batch normalisation: its gradient is 0 but for rounding."""
    configuration, normalised = CONFIGURATIONS[architecture]
    place, biases = 0, set()
    for entry in configuration:
        biases.add(f"features.{place}.bias")
        place += 1 if entry == "M" else 3
    return normalised and name in biases


def main():
    cases = []
    for architecture in CONFIGURATIONS:
        for head in ("compact", "full"):
            case = {"architecture": architecture, "head": head, "size": 96, "batch": 4, "classWeights": CLASS_WEIGHTS}
            with torch.no_grad():
                network = fresh(architecture, head).eval()
                case["logits"] = network(pixels_of("pixels 96", 4, 96)).tolist()
                case["logits224"] = network(pixels_of("pixels 224", 1, 224)).tolist()
                del network
            optimisers = {
                "sgd": lambda p: torch.optim.SGD(p, lr=5e-6, momentum=0.9, weight_decay=1e-2),
                "adam": lambda p: torch.optim.Adam(p, lr=1e-6, weight_decay=1e-2),
            }
            for name, make in optimisers.items():
                case[name] = training(architecture, head, 96, 4, make)
                print(architecture, head, name, case[name]["losses"], flush=True)
                if name == "sgd":
                    case["float32Error"] = own_error(architecture, head, 96, 4, case[name]["gradients"])
                    print("own float32 error", case["float32Error"], flush=True)
                if name == "adam":
                    case[name].pop("gradients")
            cases.append(case)
            save(cases)


def save(cases):
    path = pathlib.Path(__file__).parents[2] / "test/fixtures/compute/torch-parity.json"
    path.write_text(json.dumps({"torch": torch.__version__, "steps": STEPS, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
