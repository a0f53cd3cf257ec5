"""Writes test/fixtures/compute/heat-maps.json: Grad-CAM and occlusion maps by PyTorch's autograd, for both networks and heads.

Grad-CAM as Selvaraju et al. 2017 define it (equations 1 and 2), at the ReLU output of the last convolution, before the last
pooling; the score is the class's logit. Occlusion covers 32x32 pixels around each 16x16 cell with 0 after normalisation.
Weights and images come from the formula of torch_formula.py; everything is computed in float64.

    python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch numpy
    /tmp/torch/bin/python scripts/oracles/grad_cam.py
"""
import json
import pathlib

import torch

from torch_formula import CLASSES, CONFIGURATIONS, fresh, pixels_of

CELL = 16


def grad_cam(network, pixels):
    """For each image and class: the map, row by row, and the logit."""
    results = []
    for image in pixels:
        activations = network.features[:-1](image[None]).detach().requires_grad_(True)
        pooled = network.avgpool(network.features[-1](activations))
        logits = network.classifier(torch.flatten(pooled, 1))[0]
        maps = []
        for one in range(CLASSES):
            (gradient,) = torch.autograd.grad(logits[one], activations, retain_graph=True)
            alpha = gradient.mean(dim=(2, 3), keepdim=True)
            cam = torch.relu((alpha * activations).sum(dim=1))[0]
            maps.append({"score": float(logits[one].detach()), "values": cam.reshape(-1).tolist()})
        results.append(maps)
    return results


def occlusion(network, image):
    size = image.shape[-1]
    edge = size // CELL
    with torch.no_grad():
        whole = network(image[None])[0]
        drops = []
        for row in range(edge):
            for column in range(edge):
                covered = image.clone()
                top, left = max(0, row * CELL - CELL // 2), max(0, column * CELL - CELL // 2)
                covered[:, top : (row + 1) * CELL + CELL // 2, left : (column + 1) * CELL + CELL // 2] = 0
                drops.append((whole - network(covered[None])[0]).tolist())
    return [{"score": float(whole[one]), "values": [drop[one] for drop in drops]} for one in range(CLASSES)]


def main():
    torch.set_num_threads(2)
    cases = []
    for architecture in CONFIGURATIONS:
        for head in ("compact", "full"):
            network = fresh(architecture, head).eval()
            case = {"architecture": architecture, "head": head, "gradCam": [], "occlusion": []}
            for size, count in ((96, 2), (224, 1)):
                for index, maps in enumerate(grad_cam(network, pixels_of(f"pixels {size}", count, size))):
                    case["gradCam"].append({"size": size, "image": index, "maps": maps})
            case["occlusion"] = {"size": 64, "maps": occlusion(network, pixels_of("pixels 64", 1, 64)[0])}
            cases.append(case)
            print(architecture, head, [max(m["values"]) for one in case["gradCam"] for m in one["maps"]], flush=True)
    path = pathlib.Path(__file__).parents[2] / "test/fixtures/compute/heat-maps.json"
    path.write_text(json.dumps({"torch": torch.__version__, "cases": cases}) + "\n")


main()
