"""Writes test/fixtures/compute/learning.json: what PyTorch computes for schedules, AdamW and label smoothing.

Learning rates are those that torch.optim.lr_scheduler gives each step, in float64; the optimiser runs in float64 over gradients
from a formula that the tests evaluate too (test/parity/formula.ts), with a learning rate that changes in every step.

    /tmp/torch/bin/python scripts/oracles/learning.py
"""
import json
import pathlib
import warnings

import torch
from torch import nn
from torch.optim import lr_scheduler

from torch_formula import hashed

warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*")
RATE = 0.02
STEPS_PER_EPOCH = 7
PATH = pathlib.Path(__file__).parents[2] / "test/fixtures/compute/learning.json"


def rates_of(make, steps, every=1):
    optimiser = torch.optim.SGD([nn.Parameter(torch.zeros(1, dtype=torch.float64))], lr=RATE)
    scheduler = make(optimiser)
    rates = []
    for step in range(steps):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        if (step + 1) % every == 0 and step + 1 < steps:
            scheduler.step()
    return rates


def cosine(warmup_epochs, epochs, final_share):
    total, warmup = epochs * STEPS_PER_EPOCH, warmup_epochs * STEPS_PER_EPOCH

    def make(optimiser):
        falling = lr_scheduler.CosineAnnealingLR(optimiser, total - warmup, eta_min=RATE * final_share)
        if warmup == 0:
            return falling
        rising = lr_scheduler.LinearLR(optimiser, start_factor=0.01, total_iters=warmup)
        return lr_scheduler.SequentialLR(optimiser, [rising, falling], milestones=[warmup])

    return rates_of(make, total)


def schedules():
    def one_cycle(epochs, peak_at):
        total = epochs * STEPS_PER_EPOCH
        make = lambda optimiser: lr_scheduler.OneCycleLR(
            optimiser, max_lr=RATE, total_steps=total, pct_start=peak_at, cycle_momentum=False
        )
        return rates_of(make, total)

    step_rule = lambda optimiser: lr_scheduler.StepLR(optimiser, step_size=2, gamma=0.3)
    return [
        {
            "schedule": {"kind": "step", "everyEpochs": 2, "factor": 0.3},
            "epochs": 7,
            "rates": rates_of(step_rule, 7 * STEPS_PER_EPOCH, every=STEPS_PER_EPOCH),
        },
        {"schedule": {"kind": "cosine", "warmupEpochs": 0, "finalShare": 0}, "epochs": 4, "rates": cosine(0, 4, 0)},
        {"schedule": {"kind": "cosine", "warmupEpochs": 2, "finalShare": 0.05}, "epochs": 6, "rates": cosine(2, 6, 0.05)},
        {"schedule": {"kind": "oneCycle", "peakAt": 0.3}, "epochs": 5, "rates": one_cycle(5, 0.3)},
        {"schedule": {"kind": "oneCycle", "peakAt": 0.45}, "epochs": 3, "rates": one_cycle(3, 0.45)},
    ]


def optimiser_changes(make, count=60, steps=10):
    before = torch.from_numpy(hashed("optimiser weights", count)).double()
    weights = nn.Parameter(before.clone())
    optimiser = make([weights])
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = RATE / (step + 1)
        weights.grad = torch.from_numpy(hashed(f"optimiser gradient {step}", count)).double()
        optimiser.step()
    return (weights.detach() - before).tolist()


def product_changes(make, rows=9, columns=40, batch=3, steps=4):
    """The gradient of a dense layer's weights is a product of inputs and slopes."""
    before = torch.from_numpy(hashed("product weights", rows * columns)).double().reshape(rows, columns)
    weights = nn.Parameter(before.clone())
    optimiser = make([weights])
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = RATE / (step + 1)
        inputs = torch.from_numpy(hashed(f"product inputs {step}", batch * rows)).double().reshape(batch, rows)
        slopes = torch.from_numpy(hashed(f"product slopes {step}", batch * columns)).double().reshape(batch, columns)
        weights.grad = inputs.T @ slopes
        optimiser.step()
    return (weights.detach() - before).flatten().tolist()


def optimisers():
    kinds = {
        "adam": lambda of: torch.optim.Adam(of, lr=RATE, weight_decay=0.1),
        "adamw": lambda of: torch.optim.AdamW(of, lr=RATE, weight_decay=0.1),
        "sgd": lambda of: torch.optim.SGD(of, lr=RATE, weight_decay=0.1, momentum=0.8),
    }
    return {kind: {"changes": optimiser_changes(make), "byProduct": product_changes(make)} for kind, make in kinds.items()}


def smoothing():
    cases = []
    for classes, weights, share in [(2, [1.0, 2.0], 0.1), (3, [0.5, 1.0, 3.0], 0.3), (3, [1.0, 1.0, 1.0], 0.0)]:
        logits = torch.from_numpy(hashed(f"logits {classes}", 5 * classes)).double().reshape(5, classes) * 3
        logits.requires_grad_(True)
        labels = torch.arange(5) % classes
        loss = nn.CrossEntropyLoss(weight=torch.tensor(weights, dtype=torch.float64), label_smoothing=share)(logits, labels)
        loss.backward()
        cases.append(
            {
                "classes": classes,
                "weights": weights,
                "smoothing": share,
                "loss": float(loss.detach()),
                "gradient": logits.grad.flatten().tolist(),
            }
        )
    return cases


def main():
    document = {
        "torch": torch.__version__,
        "learningRate": RATE,
        "stepsPerEpoch": STEPS_PER_EPOCH,
        "schedules": schedules(),
        "weightDecay": 0.1,
        "momentum": 0.8,
        "optimisers": optimisers(),
        "smoothing": smoothing(),
    }
    PATH.write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
