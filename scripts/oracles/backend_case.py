"""What src-main/compute/backends/stored-case.ts must give on every backend, computed by PyTorch in float64.

Needs torch (pip install torch; the CPU build is enough). Run from the repository's root:
    python scripts/oracles/backend_case.py
Writes src-main/compute/backends/stored-case.json: per result at most 24 values, evenly spread, and the Euclidean norm of all.
"""
import json
import math
import os

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
SHAPES = {
    "filter1": (3, 3, 3, 8), "bias1": (8,), "scale1": (8,), "offset1": (8,),
    "filter2": (3, 3, 8, 8), "bias2": (8,),
    "filter3": (3, 3, 8, 16), "bias3": (16,), "scale3": (16,), "offset3": (16,),
    "weights4": (16, 12), "bias4": (12,), "weights5": (12, 2), "bias5": (2,),
}
BATCH, EDGE, STEPS = 2, 12, 3
LABELS = torch.tensor([0, 1])
CLASS_WEIGHTS = torch.tensor([1.0, 2.0])


def wave(count, step, size, middle=0.0):
    values = [middle + size * math.sin((index + 1) * step + 0.5) for index in range(count)]
    return torch.tensor(values).float().double()  # the backends start from float32


def initial(name, place):
    shape = SHAPES[name]
    count = math.prod(shape)
    step = 0.37 + 0.113 * place
    if name.startswith("scale"):
        return wave(count, step, 0.3, 1).reshape(shape)
    if name.startswith("filter"):
        return wave(count, step, math.sqrt(2 / (count / shape[-1]))).reshape(shape)
    return wave(count, step, 0.5 if name.startswith("weights") else 0.2).reshape(shape)


def forward(x, w, stats):
    conv = lambda value, number: F.conv2d(value, w[f"filter{number}"].permute(3, 2, 0, 1), w[f"bias{number}"], padding=1)
    x = F.batch_norm(conv(x, 1), *stats, w["scale1"], w["offset1"], training=True, momentum=0.1, eps=1e-5).relu()
    x = F.max_pool2d(conv(x, 2).relu(), 2)
    x = F.batch_norm(conv(x, 3), None, None, w["scale3"], w["offset3"], training=True, eps=1e-5).relu()
    x = F.max_pool2d(x, 2).mean((2, 3))
    x = (x @ w["weights4"] + w["bias4"]).relu()
    return x @ w["weights5"] + w["bias5"]


def record(results, name, tensor):
    flat = tensor.detach().reshape(-1)
    count = min(24, len(flat))
    places = [round(index * (len(flat) - 1) / max(1, count - 1)) for index in range(count)]
    results[name] = {"norm": flat.norm().item(), "places": places, "values": [flat[place].item() for place in places]}


results = {}
pixels = wave(BATCH * EDGE * EDGE * 3, 0.71, 1.5).reshape(BATCH, EDGE, EDGE, 3)
for optimiser in ("sgd", "adam"):
    w = {name: initial(name, place).requires_grad_() for place, name in enumerate(SHAPES)}
    make = torch.optim.SGD if optimiser == "sgd" else torch.optim.Adam
    options = dict(lr=0.02, momentum=0.9) if optimiser == "sgd" else dict(lr=2e-3)
    descent = make(list(w.values()), weight_decay=1e-2, **options)
    for count in range(1, STEPS + 1):
        x = pixels.clone().requires_grad_()
        stats = (torch.zeros(8), torch.ones(8))
        logits = forward(x.permute(0, 3, 1, 2), w, stats)
        loss = F.cross_entropy(logits, LABELS, CLASS_WEIGHTS)
        descent.zero_grad()
        loss.backward()
        if optimiser == "sgd" and count == 1:
            record(results, "running mean", stats[0])
            record(results, "running variance", stats[1])
            record(results, "gradient input", x.grad)
            for name in SHAPES:
                if name not in ("bias1", "bias3"):  # before a batch normalisation: no effect, so only rounding noise
                    record(results, f"gradient {name}", w[name].grad)
        record(results, f"{optimiser} logits {count}", logits)
        record(results, f"{optimiser} loss {count}", loss)
        descent.step()
    for name in SHAPES:
        record(results, f"{optimiser} {name}", w[name])

path = os.path.join(os.path.dirname(__file__), "../../src-main/compute/backends/stored-case.json")
with open(path, "w") as file:
    json.dump(results, file, indent=1)
    file.write("\n")
