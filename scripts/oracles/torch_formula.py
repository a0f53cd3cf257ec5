"""What the PyTorch oracles share: both networks, and weights and images that come from a formula which the tests evaluate too."""
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

    def flattened(self, values):
        return torch.flatten(self.avgpool(values), 1)

    def forward(self, pixels):
        return self.classifier(self.flattened(self.features(pixels)))


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
