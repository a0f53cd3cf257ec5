"""Expectations for agreement between readers and model: Cohen's kappa by scikit-learn, its large-sample interval by the definition of
Fleiss, Cohen & Everitt (1969) written out over the 2 x 2 table. Run: pip install numpy scikit-learn; python scripts/oracles/agreement.py
> test/fixtures/evaluation/agreement.json
"""
import json

import numpy as np
from sklearn.metrics import cohen_kappa_score

Z = 1.959963984540054
ANSWERS = ["positive", "negative", "unsure", "excluded"]


def interval(first, second):
    n = len(first)
    p = np.zeros((2, 2))
    np.add.at(p, (first, second), 1 / n)
    row, column = p.sum(1), p.sum(0)
    expected = (row * column).sum()
    kappa = (np.trace(p) - expected) / (1 - expected)
    a = sum(p[i, i] * (1 - (row[i] + column[i]) * (1 - kappa)) ** 2 for i in range(2))
    b = (1 - kappa) ** 2 * sum(p[i, j] * (column[i] + row[j]) ** 2 for i in range(2) for j in range(2) if i != j)
    c = (kappa - expected * (1 - kappa)) ** 2
    half = Z * np.sqrt(max(0.0, a + b - c) / (n * (1 - expected) ** 2))
    return max(-1.0, kappa - half), min(1.0, kappa + half)


def kappa(first, second):
    first, second = np.asarray(first), np.asarray(second)
    n = len(first)
    agreement = None if n == 0 else float(np.mean(first == second))
    constant = n == 0 or (len(set(first)) == 1 and set(first) == set(second))
    if constant:
        return {"value": None, "low": None, "high": None, "agreement": agreement, "n": n}
    low, high = interval(first, second)
    return {"value": float(cohen_kappa_score(first, second)), "low": low, "high": high, "agreement": agreement, "n": n}


def called(answers):
    return [i for i, answer in enumerate(answers) if answer in ("positive", "negative")]


def binary(answers, places):
    return [1 if answers[i] == "positive" else 0 for i in places]


def case(name, model, one, two):
    with_model = {}
    for reader, answers in (("A", one), ("B", two)):
        places = called(answers)
        with_model[reader] = kappa(binary(answers, places), [int(model[i]) for i in places])
    both = [i for i in called(one) if two[i] in ("positive", "negative")]
    disputed = sum(1 for a, b in zip(one, two) if a != b)
    return {"name": name, "model": [int(m) for m in model], "A": list(one), "B": list(two), "withModel": with_model,
            "readers": kappa(binary(one, both), binary(two, both)), "disputed": disputed}


def drawn(seed, n, right_one, right_two, shares=(0.9, 0.06, 0.04)):
    rng = np.random.default_rng(seed)
    model = rng.random(n) < 0.4
    readers = []
    for right in (right_one, right_two):
        same = rng.random(n) < right
        call = np.where(same, model, ~model)
        kind = rng.choice(3, n, p=shares)
        readers.append([("positive" if c else "negative") if k == 0 else ANSWERS[k + 1] for c, k in zip(call, kind)])
    return model, readers[0], readers[1]


P, N, U = "positive", "negative", "unsure"
cases = [
    case("typical", *drawn(1, 200, 0.85, 0.75)),
    case("two thousand", *drawn(2, 2_000, 0.9, 0.8)),
    case("opposite", [1, 1, 0, 0], [N, N, P, P], [P, P, N, N]),
    case("perfect", [1, 0, 1, 0, 0], [P, N, P, N, N], [P, N, P, N, N]),
    case("one class only", [1, 1, 1], [P, P, P], [P, P, P]),
    case("one reader constant", [1, 0, 1, 0], [P, P, P, P], [P, N, N, P]),
    case("two cases", [1, 0], [P, N], [P, P]),
    case("nothing called", [1, 0], [U, U], [P, N]),
    case("no better than chance", *drawn(3, 60, 0.5, 0.5, (1.0, 0.0, 0.0))),
]
print(json.dumps(cases))
