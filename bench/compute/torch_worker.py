"""The benchmark's PyTorch side. Arguments: architecture, part of the network that learns (all, head, none), memory layout, precision.

Reads lines "PART STEPS" (train, forward, nothing) and answers with a line of JSON each. `export PATH` writes the network as ONNX.
"""
import json
import resource
import sys
import time

import torch
from torch import nn

ARCHITECTURES = {
    "vgg16": ([64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"], False),
    "vgg19_bn": (
        [64, 64, "M", 128, 128, "M", 256, 256, 256, 256, "M", 512, 512, 512, 512, "M", 512, 512, 512, 512, "M"],
        True,
    ),
}
BATCH, SIZE = 8, 224


def build(architecture):
    configuration, normalised = ARCHITECTURES[architecture]
    layers, inputs = [], 3
    for entry in configuration:
        if entry == "M":
            layers.append(nn.MaxPool2d(2, 2))
            continue
        layers.append(nn.Conv2d(inputs, entry, 3, padding=1))
        nn.init.kaiming_normal_(layers[-1].weight, mode="fan_out", nonlinearity="relu")
        if normalised:
            layers.append(nn.BatchNorm2d(entry))
        layers.append(nn.ReLU(inplace=True))
        inputs = entry
    head = [nn.AdaptiveAvgPool2d(7), nn.Flatten(), nn.Linear(25088, 4096), nn.ReLU(inplace=True), nn.Dropout(0.5)]
    head += [nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Linear(4096, 2)]
    network = nn.Module()
    network.features, network.head = nn.Sequential(*layers), nn.Sequential(*head)
    network.forward = lambda pixels: network.head(network.features(pixels))
    return network


architecture, learning, layout, precision = sys.argv[1:5]
memory_format = torch.channels_last if layout == "channels-last" else torch.contiguous_format
network = build(architecture).to(memory_format=memory_format)
pixels = torch.randn(BATCH, 3, SIZE, SIZE).to(memory_format=memory_format)
labels = torch.arange(BATCH) % 2
if learning == "head":
    network.features.requires_grad_(False)
optimiser = torch.optim.SGD([one for one in network.parameters() if one.requires_grad], lr=1e-3, momentum=0.9)


def train():
    network.train()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"):
        optimiser.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(network.forward(pixels).float(), labels)
    loss.backward()
    optimiser.step()
    loss.item()


def forward():
    network.eval()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"), torch.inference_mode():
        network.forward(pixels)


def export(path):
    whole = nn.Sequential(network.features, network.head).eval()
    torch.onnx.export(whole, (pixels,), path, input_names=["pixels"], output_names=["logits"], dynamo=False)


for line in sys.stdin:
    part, argument = line.split(maxsplit=1)
    started = time.perf_counter()
    if part == "export":
        export(argument.strip())
    elif part != "nothing":
        for _ in range(int(argument)):
            {"train": train, "forward": forward}[part]()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peakBytes": peak}), flush=True)
