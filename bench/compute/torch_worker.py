"""The benchmark's PyTorch side: same cases, same protocol as ours.ts; channels-last, PyTorch's fastest layout on a CPU."""
import resource
import sys
import time
import json

import torch
from torch import nn

ARCHITECTURES = {
    "vgg16": ([64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"], False),
    "vgg19_bn": (
        [64, 64, "M", 128, 128, "M", 256, 256, 256, 256, "M", 512, 512, 512, 512, "M", 512, 512, 512, 512, "M"],
        True,
    ),
}


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
    return nn.Sequential(*layers, *head)


architecture, mode, batch, size, mixed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5] == "mixed"
network = build(architecture).to(memory_format=torch.channels_last)
pixels = torch.randn(batch, 3, size, size).to(memory_format=torch.channels_last)
labels = torch.arange(batch) % 2
optimiser = torch.optim.SGD(network.parameters(), lr=1e-3, momentum=0.9)
network.train(mode == "train")


def step():
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mixed):
        if mode == "train":
            optimiser.zero_grad(set_to_none=True)
            loss = nn.functional.cross_entropy(network(pixels).float(), labels)
        else:
            with torch.inference_mode():
                network(pixels)
                return
    loss.backward()
    optimiser.step()
    loss.item()


for line in sys.stdin:
    steps = int(line)
    started = time.perf_counter()
    for _ in range(steps):
        step()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peakBytes": peak}), flush=True)
