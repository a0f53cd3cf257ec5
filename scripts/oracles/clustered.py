"""Expectations for intervals with patients as the unit (evaluation/clusteredLogit.ts), written out from the definitions: ratio estimators
(Cochran 1977, section 11.5), the AUC's variance by Obuchowski 1997 over all pairs of images, scipy's Student t and expit/logit.
Run: pip install numpy scipy; python scripts/oracles/clustered.py > test/fixtures/evaluation/clustered.json
"""
import json

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm, t

Z = norm.ppf(0.975)


def back(value, variance, df):
    if not variance > 0 or value <= 0 or value >= 1:
        return None
    half = t.ppf(0.975, df) * np.sqrt(variance) / (value * (1 - value))
    return [float(expit(logit(value) - half)), float(expit(logit(value) + half))]


def wilson(p, n):
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n * n))
    return [max(0.0, float(centre - half)) if p > 0 else 0.0, min(1.0, float(centre + half)) if p < 1 else 1.0]


def ratio(success, counted, patients):
    names = [name for name in sorted(set(patients)) if any(c for c, p in zip(counted, patients) if p == name)]
    if len(names) < 2:
        return None
    y = np.array([sum(s for s, c, p in zip(success, counted, patients) if c and p == name) for name in names], float)
    m = np.array([sum(c for c, p in zip(counted, patients) if p == name) for name in names], float)
    value = y.sum() / m.sum()
    variance = len(names) / (len(names) - 1) * ((y - value * m) ** 2).sum() / m.sum() ** 2
    return back(value, variance, len(names) - 1) or wilson(value, len(names))


def auc(labels, scores, patients):
    positive = [i for i, label in enumerate(labels) if label]
    negative = [i for i, label in enumerate(labels) if not label]
    if not positive or not negative:
        return None
    psi = lambda x, y: 1.0 if x > y else 0.5 if x == y else 0.0
    v10 = {i: np.mean([psi(scores[i], scores[j]) for j in negative]) for i in positive}
    v01 = {j: np.mean([psi(scores[i], scores[j]) for i in positive]) for j in negative}
    value = np.mean(list(v10.values()))
    names = sorted(set(patients))
    of = lambda v, name: sum(x - value for i, x in v.items() if patients[i] == name)
    with_positive = len({patients[i] for i in positive})
    with_negative = len({patients[j] for j in negative})
    if min(with_positive, with_negative) < 2:
        return None
    s10 = with_positive / ((with_positive - 1) * len(positive)) * sum(of(v10, n) ** 2 for n in names)
    s01 = with_negative / ((with_negative - 1) * len(negative)) * sum(of(v01, n) ** 2 for n in names)
    s11 = len(names) / (len(names) - 1) * sum(of(v10, n) * of(v01, n) for n in names)
    variance = s10 / len(positive) + s01 / len(negative) + 2 * s11 / (len(positive) * len(negative))
    return back(float(value), variance, min(with_positive, with_negative) - 1)


def case(name, labels, scores, patients, threshold=0.5):
    labels, scores = [int(v) for v in labels], [float(v) for v in scores]
    called = [score >= threshold for score in scores]
    everyone = [1] * len(labels)
    return {
        "name": name, "threshold": threshold, "labels": labels, "probabilities": scores, "patients": list(patients),
        "expected": {
            "auc": auc(labels, scores, patients),
            "sensitivity": ratio(called, labels, patients),
            "specificity": ratio([not c for c in called], [1 - label for label in labels], patients),
            "accuracy": ratio([c == bool(label) for c, label in zip(called, labels)], everyone, patients),
        },
    }


def drawn(name, seed, patients, most, steps=None, mixed=False):
    rng = np.random.default_rng(seed)
    labels, scores, names = [], [], []
    for patient in range(patients):
        shared = rng.normal() * 0.7
        for _ in range(int(rng.integers(1, most + 1))):
            label = int(rng.random() < 0.5) if mixed else patient % 2
            score = 1 / (1 + np.exp(-(shared + 0.7 * rng.normal() + 1.2 * (label - 0.5))))
            labels.append(label)
            scores.append(round(score * steps) / steps if steps else score)
            names.append(f"patient {patient}")
    return case(name, labels, scores, names)


CASES = [
    drawn("20 patients of 1 to 6 images", 1, 20, 6),
    drawn("9 patients, ties", 2, 9, 4, steps=5),
    drawn("patients with images of both classes", 3, 15, 5, mixed=True),
    drawn("every patient one image", 4, 24, 1),
    case("every patient alike, all right", [1, 1, 1, 0, 0, 0], [0.9, 0.9, 0.8, 0.1, 0.2, 0.1], list("aabccd")),
    case("one positive patient", [1, 1, 0, 0, 0], [0.9, 0.4, 0.1, 0.6, 0.2], list("aabcc")),
    case("no negative image", [1, 1, 1], [0.9, 0.4, 0.6], list("abb")),
]
print(json.dumps({"cases": CASES, "student": [[df, float(t.ppf(0.975, df))] for df in (1, 2, 5, 14, 99, 1000, 50000)]}))
