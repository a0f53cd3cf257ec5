"""Writes test/fixtures/compute/torch-parity.json: what PyTorch computes for both architectures and heads.

Weights and images come from a formula that the tests evaluate too (test/parity/formula.ts), so the file holds only results.
Everything is computed in float64, which makes PyTorch the exact reference and leaves the whole tolerance to the engine.

A gradient has jumps: where a ReLU's input lies at 0, or two values of a pooling cell are equal, rounding decides which way
it goes, and one such decision changes gradients by half a percent. So rows of the weights are drawn again (another variant
of the formula) until every decision is clear; which ones is written into the file. The script prints how clear, and writes
nothing where that is not far above PyTorch's own rounding. It also measures how far PyTorch's own float32 is from its
float64, over memory layouts and with and without oneDNN; the tests allow a multiple of that.

    python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch numpy
    /tmp/torch/bin/python scripts/oracles/torch_parity.py
"""
import json
import pathlib
import sys
import zlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from torch_formula import CLASSES, CONFIGURATIONS, Vgg, hashed, is_without_effect

CLASS_WEIGHTS = [1.0, 2.0]
# At 72 pixels one pooling meets an odd edge (9 → 4).
SIZE, BATCH = 72, 4
# Places of each tensor that are written.
PLACES = 12
# One step is compared weight by weight. Its rate is large, so that float32, which rounds the new weight, keeps the change.
ONE_STEP = {"learningRate": {"sgd": 1.0, "adam": 1e-2}, "weightDecay": 1e-2, "momentum": 0.9}
# Several steps are compared by their losses.
STEPS = 10
SEVERAL_STEPS = {"learningRate": {"sgd": 1e-5, "adam": 1e-6}, "weightDecay": 1e-2, "momentum": 0.9}
# The optimisers by themselves, over given gradients.
OPTIMISER_STEPS = {"learningRate": {"sgd": 1e-2, "adam": 1e-2}, "weightDecay": 1e-2, "momentum": 0.9}
# Largest distance from a tie that is asked of a decision, in proportion to the root mean square of the layer's values.
LARGEST_DISTANCE = 4e-3
# How many times PyTorch's largest rounding error before a layer's ReLU must fit into that distance.
LEAST_MARGIN = 4
# Memory layout, oneDNN.
EXECUTIONS = {
    "contiguous": (torch.contiguous_format, True),
    "channels last": (torch.channels_last, True),
    "without oneDNN": (torch.contiguous_format, False),
}
PATH = pathlib.Path(__file__).parents[2] / "test/fixtures/compute/torch-parity.json"


def scaled(values, shape):
    """He's initialisation: of variance 2 / inputs."""
    return (values * np.float32(np.sqrt(6 / np.prod(shape[1:])))).reshape(-1, *shape[1:])


def row_values(name, shape, row, variant):
    """Another draw of one row (output channel) of a weight."""
    return scaled(hashed(f"{name} row {row} variant {variant}", int(np.prod(shape[1:]))), shape)[0]


def tensor_values(name, shape, variants):
    values = hashed(name, int(np.prod(shape)))
    if len(shape) > 1:
        values = scaled(values, shape)
        for row, variant in variants.get(name, []):
            values[row] = row_values(name, shape, row, variant)
        return values
    if name.endswith("running_var") or (name.startswith("features") and name.endswith("weight")):
        return (np.float32(1) + values * np.float32(0.25)).reshape(shape)
    return (values * np.float32(0.1)).reshape(shape)


def levels(name, count):
    return np.minimum(255, np.floor((hashed(name, count).astype(np.float64) + 1) * 127.5)).astype(int)


def pixels_of(name, count, size):
    """Patches of 16×16 under fine noise: noise alone averages out and leaves the last normalisations nothing but rounding."""
    image, row, column = np.indices((count, size, size))
    patches = levels(f"{name} patches", count * 256)[image * 256 + row // 16 * 16 + column // 16]
    noise = levels(name, count * size * size).reshape(patches.shape)
    gray = torch.from_numpy((3 * patches + noise) // 4).double().unsqueeze(1) / 255
    mean = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64).reshape(1, 3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64).reshape(1, 3, 1, 1)
    return (gray - mean) / deviation


def initial_values(architecture, head, variants):
    with torch.device("meta"):
        shapes = {name: tuple(value.shape) for name, value in Vgg(architecture, head).state_dict().items()}
    counter = torch.zeros((), dtype=torch.long)
    return {
        name: torch.from_numpy(tensor_values(name, shape, variants)) if shape else counter for name, shape in shapes.items()
    }


def network_of(architecture, head, initial, dtype=torch.float64):
    with torch.device("meta"):
        network = Vgg(architecture, head)
    values = {name: value.to(dtype if value.ndim else value.dtype, copy=True) for name, value in initial.items()}
    network.load_state_dict(values, assign=True)
    return network.requires_grad_(True)


def least_distance(values):
    """Distance from a tie that is asked of the values [batch, channels, ...] before a ReLU: what can be had by a few draws."""
    return min(LARGEST_DISTANCE, 1.5 * values.shape[1] / values.numel())


def distances(values, pooled):
    """How far each channel's values [batch, channels, ...] are from a tie of the ReLU and, where it follows, of the pooling."""
    nearest = values.abs().transpose(0, 1).flatten(1).amin(1)
    if pooled:
        cells = functional.unfold(functional.relu(values).flatten(0, 1).unsqueeze(1), 2, stride=2)
        first, second = cells.topk(2, dim=1).values.unbind(1)
        # A cell of zeros is no tie: behind the ReLU its gradient is 0 whichever of them is taken.
        gaps = torch.where(first > 0, first - second, torch.inf).reshape(*values.shape[:2], -1)
        nearest = torch.minimum(nearest, gaps.amin((0, 2)))
    return nearest


def layer_values(layer, normalisation, rows, inputs):
    """What the given rows of a layer hand to the ReLU."""
    weight, bias = layer.weight[rows], layer.bias[rows]
    if weight.ndim == 2:
        return functional.linear(inputs, weight, bias)
    values = functional.conv2d(inputs, weight, bias, padding=1)
    if normalisation is None:
        return values
    factors = normalisation.weight[rows], normalisation.bias[rows]
    return functional.batch_norm(values, None, None, *factors, training=True, eps=normalisation.eps)


def settle_layer(name, layer, normalisation, pooled, inputs, chosen):
    """Draws a layer's unclear rows again until none is left; gives each redrawn row's variant."""
    chosen = dict(chosen)
    rows = torch.arange(layer.weight.shape[0])
    values = layer_values(layer, normalisation, rows, inputs)
    limit = least_distance(values) * values.pow(2).mean().sqrt()
    rows = rows[distances(values, pooled) < limit]
    while len(rows) > 0:
        for row in rows.tolist():
            chosen[row] = chosen.get(row, 0) + 1
            layer.weight[row] = torch.from_numpy(row_values(name, tuple(layer.weight.shape), row, chosen[row]))
        rows = rows[distances(layer_values(layer, normalisation, rows, inputs), pooled) < limit]
    return sorted(chosen.items())


@torch.no_grad()
def settle(architecture, head, variants):
    """Goes through the training pass, layer by layer, until every decision is clear; gives the rows' variants by tensor."""
    network = network_of(architecture, head, initial_values(architecture, head, variants)).train()
    settled, present = {}, pixels_of(f"pixels {SIZE}", BATCH, SIZE)
    parts = [("features", network.features)]
    if head == "full":
        parts.append(("classifier", network.classifier[:-1]))
    for part, layers in parts:
        if part == "classifier":
            present = network.flattened(present)
        for place, layer in enumerate(layers):
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                normalisation = layers[place + 1] if isinstance(layers[place + 1], nn.BatchNorm2d) else None
                after = place + (3 if normalisation else 2)
                pooled = after < len(layers) and isinstance(layers[after], nn.MaxPool2d)
                name = f"{part}.{place}.weight"
                chosen = settle_layer(name, layer, normalisation, pooled, present, variants.get(name, []))
                if chosen:
                    settled[name] = chosen
            present = layer(present)
    return settled


def optimiser_of(kind, rates, parameters):
    rate, decay = rates["learningRate"][kind], rates["weightDecay"]
    if kind == "sgd":
        return torch.optim.SGD(parameters, lr=rate, momentum=rates["momentum"], weight_decay=decay)
    return torch.optim.Adam(parameters, lr=rate, weight_decay=decay)


class Case:
    def __init__(self, architecture, head, variants):
        self.architecture, self.head, self.variants = architecture, head, variants
        self.initial = initial_values(architecture, head, variants)

    def network(self, dtype=torch.float64):
        return network_of(self.architecture, self.head, self.initial, dtype)

    def train(self, kind, rates, steps, dtype=torch.float64, layout=torch.contiguous_format):
        """Losses of the steps; of the first one, gradients, changes of the weights and the values before each ReLU."""
        network = self.network(dtype).train().to(memory_format=layout)
        optimiser = optimiser_of(kind, rates, network.parameters())
        loss_of = nn.CrossEntropyLoss(weight=torch.tensor(CLASS_WEIGHTS, dtype=dtype))
        pixels = pixels_of(f"pixels {SIZE}", BATCH, SIZE).to(dtype).to(memory_format=layout)
        result, before_relu = {"losses": []}, []
        for module in network.modules():
            if isinstance(module, nn.ReLU):
                module.register_forward_pre_hook(lambda _, inputs: before_relu.append(inputs[0].detach().clone()))
        for step in range(steps):
            optimiser.zero_grad()
            loss = loss_of(network(pixels), torch.arange(BATCH) % CLASSES)
            loss.backward()
            optimiser.step()
            result["losses"].append(float(loss.detach()))
            if step == 0:
                result["values"] = list(before_relu)
                result["gradients"] = {name: value.grad.clone() for name, value in network.named_parameters()}
                result["changes"] = {
                    name: value.detach() - self.initial[name].to(dtype)
                    for name, value in network.state_dict().items()
                    if value.is_floating_point()
                }
            before_relu.clear()
        return result


def sampled(tensor, places):
    return tensor.detach().contiguous().reshape(-1).double()[torch.as_tensor(places)]


def places_of(name, slope, fraction):
    """Places from all over the tensor, but none where the slope is tiny: Adam's first step keeps hardly more than its sign."""
    count = slope.numel()
    candidates = np.unique(((hashed("places " + name, 4096).astype(np.float64) + 1) / 2 * (count - 1)).astype(int))
    candidates = torch.from_numpy(np.random.default_rng(zlib.crc32(name.encode())).permutation(candidates))
    enough = fraction * float(slope.pow(2).mean().sqrt())
    return torch.sort(candidates[sampled(slope, candidates).abs() > enough][:PLACES]).values.tolist()


def relative(actual, expected, measure=None):
    return float((actual - expected).norm() / (expected if measure is None else measure).norm())


def tensor_records(case, exact):
    """What is written of each tensor; running statistics have changes only."""
    records = []
    for name, value in case.initial.items():
        if value.ndim == 0:
            continue
        gradient = exact["sgd"]["gradients"].get(name)
        record = {"name": name}
        if gradient is None:
            record["places"] = list(range(min(PLACES, value.numel())))
        else:
            # A bias without effect has nothing but the penalty for its slope.
            fraction = 0.3 if is_without_effect(case.architecture, name) else 1e-2
            record["places"] = places_of(name, gradient + ONE_STEP["weightDecay"] * value, fraction)
            record["gradient"] = sampled(gradient, record["places"]).tolist()
            record["norm"] = float(gradient.norm())
        record["changes"] = {kind: sampled(of["changes"][name], record["places"]).tolist() for kind, of in exact.items()}
        record["changeNorm"] = float(exact["sgd"]["changes"][name].norm())
        records.append(record)
    return records


class Worst:
    """The largest error of each quantity, and where it was seen."""

    def __init__(self):
        self.errors = {}

    def note(self, quantity, error, where):
        if not error <= self.errors.get(quantity, (-1, ""))[0]:
            self.errors[quantity] = (error, where)


def compare(case, own, kind, expected, records, execution, worst):
    """The errors of one float32 step, by the tests' own measure; and over whole tensors."""
    worst.note("loss", abs(own["losses"][0] / expected["losses"][0] - 1), execution)
    for record in records:
        name, places = record["name"], record["places"]
        where = f"{name}, {execution}"
        change, expected_change = (sampled(of["changes"][name], places) for of in (own, expected))
        if "gradient" not in record:
            worst.note("running statistics", relative(change, expected_change), where)
            continue
        gradient, expected_gradient = own["gradients"][name].double(), expected["gradients"][name]
        if is_without_effect(case.architecture, name):
            filter_name = name.replace("bias", "weight")
            worst.note("gradients that are 0", relative(gradient, expected_gradient, expected["gradients"][filter_name]), where)
            # What noise does to it, in proportion to the layer's filter; Adam's step has the size of its rate for both.
            measure = expected["changes"][filter_name] if kind == "sgd" else None
            worst.note(f"changes by {kind}", relative(change, expected_change, measure), where)
            continue
        worst.note("gradients", relative(sampled(gradient, places), sampled(expected_gradient, places)), where)
        worst.note("gradients, whole tensors", relative(gradient, expected_gradient), where)
        worst.note(f"changes by {kind}", relative(change, expected_change), where)


def condition(case, exact, several, records):
    """How far PyTorch's own float32 is off, and how often its rounding fits into the distance of the decisions."""
    worst, margin = Worst(), np.inf
    for execution, (layout, onednn) in EXECUTIONS.items():
        with torch.backends.mkldnn.flags(enabled=onednn):
            for kind, expected in exact.items():
                own = case.train(kind, ONE_STEP, 1, torch.float32, layout)
                compare(case, own, kind, expected, records, execution, worst)
                for values, expected_values in zip(own["values"], expected["values"]):
                    allowed = least_distance(values) * expected_values.pow(2).mean().sqrt()
                    margin = min(margin, float(allowed / (values.double() - expected_values).abs().max()))
                del own
            for kind, losses in several.items():
                own = case.train(kind, SEVERAL_STEPS, STEPS, torch.float32, layout)["losses"]
                worst.note(f"losses of several steps by {kind}", relative(torch.tensor(own), torch.tensor(losses)), execution)
    return worst.errors, margin


def make_case(architecture, head, variants):
    case = Case(architecture, head, variants)
    with torch.no_grad():
        network = case.network().eval()
        logits = network(pixels_of(f"pixels {SIZE}", BATCH, SIZE)).tolist()
        logits224 = network(pixels_of("pixels 224", 1, 224)).tolist()
        del network
    exact = {kind: case.train(kind, ONE_STEP, 1) for kind in ("sgd", "adam")}
    several = {}
    if head == "compact":
        several = {kind: case.train(kind, SEVERAL_STEPS, STEPS)["losses"] for kind in exact}
    records = tensor_records(case, exact)
    errors, margin = condition(case, exact, several, records)
    print(f"{architecture}, {head}: {sum(map(len, variants.values()))} rows drawn again, margin {margin:.1f}", flush=True)
    for quantity, (error, where) in errors.items():
        print(f"  {quantity}: {error:.1e} ({where})")
    for kind, losses in several.items():
        print(f"  {kind}:", " ".join(f"{loss:.4f}" for loss in losses), flush=True)
    return margin >= LEAST_MARGIN, {
        "architecture": architecture,
        "head": head,
        "size": SIZE,
        "batch": BATCH,
        "classWeights": CLASS_WEIGHTS,
        "variants": variants,
        "ownErrors": {quantity: float(f"{error:.2g}") for quantity, (error, _) in errors.items()},
        "logits": logits,
        "logits224": logits224,
        "loss": exact["sgd"]["losses"][0],
        "losses": several,
        "tensors": records,
    }


def optimiser_case(kind):
    """Several steps over given gradients: momentum and moments, which the first step of a network does not show."""
    weights = torch.from_numpy(hashed("optimiser weights", PLACES)).double().requires_grad_(True)
    before = weights.detach().clone()
    optimiser = optimiser_of(kind, OPTIMISER_STEPS, [weights])
    for step in range(STEPS):
        weights.grad = torch.from_numpy(hashed(f"optimiser gradient {step}", PLACES)).double()
        optimiser.step()
    return (weights.detach() - before).tolist()


def rounded(value):
    """To nine digits, more than float32 has."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(inner) for inner in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def main():
    torch.set_num_threads(2)
    cases, well_conditioned = [], True
    for architecture in CONFIGURATIONS:
        variants = {}
        for head in ("compact", "full"):
            variants = settle(architecture, head, variants)
            well, case = make_case(architecture, head, variants)
            cases.append(case)
            well_conditioned = well_conditioned and well
    if not well_conditioned:
        sys.exit("This is not well conditioned, so nothing was written.")
    document = {
        "torch": torch.__version__,
        "steps": STEPS,
        "oneStep": ONE_STEP,
        "severalSteps": SEVERAL_STEPS,
        "optimiserSteps": OPTIMISER_STEPS,
        "optimisers": {kind: optimiser_case(kind) for kind in ("sgd", "adam")},
        "cases": cases,
    }
    text = json.dumps(rounded(document), separators=(",", ":"))
    PATH.write_text(text.replace('{"name"', '\n{"name"').replace('{"architecture"', '\n{"architecture"') + "\n")
    print(PATH.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
