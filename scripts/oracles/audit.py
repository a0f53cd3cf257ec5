"""Expectations for the shortcut audit: body and lung masks and shares of heat maps by scipy.ndimage and NumPy, the logistic
regression by scikit-learn.

    pip install numpy scipy scikit-learn
    node scripts/oracles/audit_pictures.ts > /tmp/pictures.json      (Node 24)
    python scripts/oracles/audit.py /tmp/pictures.json > test/fixtures/evaluation/audit.json
"""
import base64
import json
import sys

import numpy as np
from scipy import ndimage
from sklearn.linear_model import LogisticRegression

LEAST_BODY, LEAST_LUNG, LEAST_REGION = 0.05, 0.02, 0.005


def otsu(gray):
    """The definition: of all levels the first with the greatest variance between classes (foreground is brighter)."""
    values = gray.astype(float).ravel()
    best, greatest = 0, -1.0
    for level in range(256):
        low, high = values[values <= level], values[values > level]
        if len(low) == 0 or len(high) == 0:
            continue
        between = len(low) * len(high) * (low.mean() - high.mean()) ** 2
        if between > greatest * (1 + 1e-12):
            best, greatest = level, between
    return best


def masks(gray, threshold):
    cut = otsu(gray) if threshold is None else threshold
    tissue = gray > cut
    labels, count = ndimage.label(tissue)
    if count == 0:
        return None, None
    areas = ndimage.sum(tissue, labels, range(1, count + 1))
    body = ndimage.binary_fill_holes(labels == 1 + int(np.argmax(areas)))
    if body.sum() < LEAST_BODY * gray.size:
        return None, None
    air = body & ~tissue
    regions, found = ndimage.label(air)
    lung = np.zeros_like(air)
    for region in range(1, found + 1):
        if (regions == region).sum() >= LEAST_REGION * gray.size:
            lung |= regions == region
    return body, (lung if lung.sum() >= LEAST_LUNG * gray.size else None)


def packed(mask):
    return None if mask is None else base64.b64encode(np.packbits(mask.ravel())).decode()


def shares(mask, heat, cell):
    """By spreading every value over its square and summing pixels."""
    edge = heat.shape[0]
    spread = np.kron(np.maximum(heat, 0), np.ones((cell, cell))) / cell**2
    inside = mask[: edge * cell, : edge * cell]
    return {"mass": float(spread[~inside].sum() / spread.sum()), "area": float((~inside).mean())}


def disc(size, row, column, radius):
    rows, columns = np.mgrid[:size, :size]
    return (rows - row) ** 2 + (columns - column) ** 2 <= radius**2


def synthetic():
    size = 64
    thorax = np.full((size, size), 20, np.uint8)
    thorax[disc(size, 32, 32, 27)] = 200
    thorax[disc(size, 32, 20, 9)] = 40
    thorax[disc(size, 32, 44, 9)] = 40
    thorax[disc(size, 32, 32, 1)] = 30
    thorax[61:63, 4:60] = 180
    yield "thorax with table and trachea", thorax, 110
    yield "thorax, threshold found", thorax, None
    yield "all black", np.zeros((size, size), np.uint8), 110
    yield "all black, threshold found", np.zeros((size, size), np.uint8), None
    small = np.zeros((size, size), np.uint8)
    small[disc(size, 32, 32, 4)] = 250
    yield "nothing large enough", small, 110
    solid = np.zeros((size, size), np.uint8)
    solid[disc(size, 32, 32, 25)] = 180
    yield "body without lungs", solid, 110
    cut = thorax.copy()
    cut = np.roll(cut, 12, axis=1)
    yield "cut by the border", cut, 110
    corner = np.zeros((size, size), np.uint8)
    for place in range(8, 56):
        corner[place, place] = 200
        corner[place, 63 - place] = 200
    corner[8:56, 8] = corner[8:56, 55] = corner[8, 8:56] = corner[55, 8:56] = 200
    yield "parts that touch at corners only", corner, 110
    noise = np.random.default_rng(5).integers(0, 256, (size, size)).astype(np.uint8)
    yield "noise", noise, 100
    yield "noise, threshold found", noise, None


def regression():
    rng = np.random.default_rng(8)
    rows = rng.normal(size=(60, 4))
    rows[:, 3] = (rows[:, 3] > 0.3).astype(float)
    labels = (rows[:, 0] - 0.7 * rows[:, 3] + rng.normal(scale=0.8, size=60) > 0).astype(int)
    separable = np.linspace(-2, 2, 20)[:, None]
    for x, y in ((rows, labels), (separable, (separable[:, 0] > 0).astype(int))):
        fitted = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-14, max_iter=1000).fit(x, y)
        yield {"rows": x.tolist(), "labels": y.tolist(), "intercept": float(fitted.intercept_[0]), "weights": fitted.coef_[0].tolist()}


pictures = [
    (one["name"], np.frombuffer(base64.b64decode(one["gray"]), np.uint8).reshape(one["size"], -1), 161)
    for one in json.load(open(sys.argv[1]))
]
cases = []
for place, (name, gray, threshold) in enumerate([*synthetic(), *pictures]):
    size = len(gray)
    body, lung = masks(gray, threshold)
    edge = size // 16
    heat = np.random.default_rng(place).normal(0.5, 1, (edge, edge)).astype(np.float32)
    cases.append({
        "name": name, "size": size, "threshold": threshold, "gray": base64.b64encode(gray.tobytes()).decode(),
        "body": packed(body), "lung": packed(lung),
        "heat": heat.ravel().tolist(),
        "outsideBody": None if body is None else shares(body, heat, 16),
        "outsideLung": None if lung is None else shares(lung, heat, 16),
    })
print(json.dumps({"masks": cases, "logistic": list(regression())}))
