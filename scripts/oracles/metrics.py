"""Writes test/fixtures/evaluation/metrics.json: tables and what scikit-learn, SciPy, statsmodels or the definition say of them.

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install numpy scipy scikit-learn statsmodels
    /tmp/oracle/bin/python scripts/oracles/metrics.py
"""
import json
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

TARGET = Path(__file__).resolve().parents[2] / "test/fixtures/evaluation/metrics.json"
Z = stats.norm.ppf(0.975)


def uniforms(seed):
    """Linear congruential generator that JavaScript repeats exactly (Math.imul)."""
    state = seed
    while True:
        state = (1664525 * state + 1013904223) % 2**32
        yield state / 2**32


def generated(n, seed, prevalence, steps):
    """Labels and scores by a formula of exact IEEE operations; `steps` distinct values at most, so that ties occur."""
    draw = uniforms(seed)
    labels, scores = [], []
    for _ in range(n):
        label = 1 if next(draw) < prevalence else 0
        first, second = next(draw), next(draw)
        labels.append(label)
        scores.append(np.floor((first + label * second) / 2 * steps) / steps)
    return np.array(labels), np.array(scores, dtype=float)


def delong_by_definition(labels, scores):
    positives, negatives = scores[labels == 1], scores[labels == 0]
    higher = np.sort(negatives), np.sort(positives)
    v10 = (np.searchsorted(higher[0], positives, "left") + np.searchsorted(higher[0], positives, "right")) / 2 / len(negatives)
    v01 = 1 - (np.searchsorted(higher[1], negatives, "left") + np.searchsorted(higher[1], negatives, "right")) / 2 / len(positives)
    if len(positives) * len(negatives) < 1e6:  # all pairs, as the paper writes it
        psi = (positives[:, None] > negatives[None, :]) + 0.5 * (positives[:, None] == negatives[None, :])
        assert np.allclose(psi.mean(1), v10, atol=1e-14) and np.allclose(psi.mean(0), v01, atol=1e-14)
    return v10, v01


def delong(labels, scores):
    m, n = int(labels.sum()), int((1 - labels).sum())
    if m == 0 or n == 0:
        return {"value": None, "low": None, "high": None}
    v10, v01 = delong_by_definition(labels, scores)
    value = metrics.roc_auc_score(labels, scores)
    if m < 2 or n < 2:
        return {"value": value, "low": None, "high": None}
    width = Z * np.sqrt(v10.var(ddof=1) / m + v01.var(ddof=1) / n)
    return {"value": value, "low": max(0, value - width), "high": min(1, value + width)}


def proportion(successes, total):
    if total == 0:
        nothing = {"value": None, "low": None, "high": None}
        return {"wilson": nothing, "exact": nothing}
    wilson = proportion_confint(successes, total, 0.05, "wilson")
    exact = proportion_confint(successes, total, 0.05, "beta")
    value = successes / total
    return {
        "wilson": {"value": value, "low": max(0, wilson[0]), "high": min(1, wilson[1])},
        "exact": {"value": value, "low": exact[0], "high": exact[1]},
    }


def calibration(labels, scores):
    clipped = np.clip(scores, 1e-6, 1 - 1e-6)
    logit = np.log(clipped / (1 - clipped))
    positives, negatives = logit[labels == 1], logit[labels == 0]
    overlap = len(positives) and len(negatives) and negatives.max() > positives.min() and positives.max() > negatives.min()
    if not overlap or logit.min() == logit.max():
        return {"slope": None, "intercept": None}
    fit = sm.GLM(labels, sm.add_constant(logit), family=sm.families.Binomial()).fit(tol=1e-15, maxiter=200)
    # one Newton polish so that the stopping rule of the package does not show
    x = sm.add_constant(logit)
    beta = fit.params
    for _ in range(3):
        p = 1 / (1 + np.exp(-x @ beta))
        beta = beta + np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]), x.T @ (labels - p))
    return {"slope": beta[1], "intercept": beta[0]}


def ece(labels, scores):
    bins = np.minimum(9, np.floor(scores * 10)).astype(int)
    return sum(abs(labels[bins == b].mean() - scores[bins == b].mean()) * (bins == b).mean() for b in set(bins))


def expectations(labels, scores, threshold, curves):
    called = scores >= threshold
    tp, fp = int((called & (labels == 1)).sum()), int((called & (labels == 0)).sum())
    fn, tn = int((~called & (labels == 1)).sum()), int((~called & (labels == 0)).sum())
    both = 0 < labels.sum() < len(labels)
    matrix_full = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn) > 0
    result = {
        "confusion": {"tp": tp, "fp": fp, "fn": fn, "tn": tn},
        "sensitivity": proportion(tp, tp + fn),
        "specificity": proportion(tn, tn + fp),
        "ppv": proportion(tp, tp + fp),
        "npv": proportion(tn, tn + fn),
        "accuracy": proportion(tp + tn, len(labels)),
        "f1": metrics.f1_score(labels, called) if 2 * tp + fp + fn > 0 else None,
        "mcc": metrics.matthews_corrcoef(labels, called) if matrix_full else None,
        "averagePrecision": metrics.average_precision_score(labels, scores) if labels.sum() else None,
        "brier": float(np.mean((scores - labels) ** 2)),
        "auc": delong(labels, scores),
        "ece": ece(labels, scores),
        "calibration": calibration(labels, scores),
        "youden": None,
    }
    if both:
        fpr, tpr, thresholds = metrics.roc_curve(labels, scores, drop_intermediate=False)
        positives, negatives = int(labels.sum()), int((1 - labels).sum())
        exact = np.round(tpr * positives) * negatives - np.round(fpr * negatives) * positives
        result["youden"] = float(thresholds[1:][np.argmax(exact[1:])])
        result["rocPoints"] = len(fpr)
        if curves:
            result["roc"] = [[None if np.isinf(t) else float(t), float(x), float(y)] for t, x, y in zip(thresholds, fpr, tpr)]
            precision, recall, cuts = metrics.precision_recall_curve(labels, scores)
            result["pr"] = [[float(t), float(p), float(r)] for t, p, r in zip(cuts, precision, recall)]
    return result


def stored(name, labels, scores, threshold=0.5):
    labels, scores = np.array(labels), np.array(scores, dtype=float)
    return {
        "name": name, "threshold": threshold, "labels": labels.tolist(), "probabilities": scores.tolist(),
        "expected": expectations(labels, scores, threshold, True),
    }


def by_formula(name, n, seed, prevalence, steps, threshold):
    labels, scores = generated(n, seed, prevalence, steps)
    return {
        "name": name, "threshold": threshold, "formula": {"n": n, "seed": seed, "prevalence": prevalence, "steps": steps},
        "expected": expectations(labels, scores, threshold, False),
    }


def paired(name, labels, first, second, threshold=0.5):
    labels, first, second = np.array(labels), np.array(first, dtype=float), np.array(second, dtype=float)
    m, n = int(labels.sum()), int((1 - labels).sum())
    a10, a01 = delong_by_definition(labels, first)
    b10, b01 = delong_by_definition(labels, second)
    variance = np.cov(a10, b10)[[0, 1, 0], [0, 1, 1]] / m + np.cov(a01, b01)[[0, 1, 0], [0, 1, 1]] / n
    spread = variance[0] + variance[1] - 2 * variance[2]
    difference = a10.mean() - b10.mean()
    z = difference / np.sqrt(spread)
    right = [(s >= threshold) == (labels == 1) for s in (first, second)]
    table = np.array([[np.sum(right[0] & right[1]), np.sum(right[0] & ~right[1])], [np.sum(~right[0] & right[1]), np.sum(~right[0] & ~right[1])]])
    return {
        "name": name, "threshold": threshold, "labels": labels.tolist(), "first": first.tolist(), "second": second.tolist(),
        "expected": {
            "difference": difference, "low": max(-1, difference - Z * np.sqrt(spread)), "high": min(1, difference + Z * np.sqrt(spread)),
            "z": z, "pValue": 2 * stats.norm.sf(abs(z)),
            "mcnemar": {"table": table.tolist(), "pValue": min(1, mcnemar(table, exact=True).pvalue)},
        },
    }


def kappas():
    rng = np.random.default_rng(7)
    cases = []
    for categories, agreement, n in [(2, 0.8, 60), (2, 0.5, 25), (3, 0.7, 90)]:
        first = rng.integers(0, categories, n)
        second = np.where(rng.random(n) < agreement, first, rng.integers(0, categories, n))
        table = np.zeros((categories, categories))
        np.add.at(table, (first, second), 1)
        result = cohens_kappa(table)
        cases.append({
            "categories": categories, "first": first.tolist(), "second": second.tolist(),
            "expected": {"value": result.kappa, "low": max(-1, result.kappa_low), "high": min(1, result.kappa_upp)},
        })
    return cases


def multiclass():
    rng = np.random.default_rng(11)
    labels = rng.integers(0, 3, 120)
    logits = rng.normal(size=(120, 3)) + 1.2 * np.eye(3)[labels]
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    probabilities /= probabilities.sum(1, keepdims=True)
    decisions = probabilities.argmax(1)
    per_class = [metrics.roc_auc_score(labels == c, probabilities[:, c]) for c in range(3)]
    return {
        "labels": labels.tolist(), "probabilities": probabilities.T.tolist(),
        "expected": {
            "confusion": metrics.confusion_matrix(labels, decisions).tolist(),
            "accuracy": metrics.accuracy_score(labels, decisions),
            "auc": per_class, "macroAuc": metrics.roc_auc_score(labels, probabilities, multi_class="ovr", average="macro"),
            "macroF1": metrics.f1_score(labels, decisions, average="macro"),
            "macroSensitivity": metrics.balanced_accuracy_score(labels, decisions),
        },
    }


def main():
    rng = np.random.default_rng(3)
    labels = (rng.random(300) < 0.4).astype(int)
    continuous = 1 / (1 + np.exp(-(1.3 * rng.normal(size=300) + 1.5 * labels - 0.8)))
    second = 1 / (1 + np.exp(-(0.7 * rng.normal(size=300) + 0.5 * np.log(continuous / (1 - continuous)) + 0.3 * labels)))
    rare = np.array([1] * 5 + [0] * 150)
    tables = [
        stored("continuous scores", labels, continuous),
        stored("scores rounded to two decimals, many ties", labels, np.round(continuous, 2)),
        stored("three distinct scores", labels, np.round(continuous * 2) / 2),
        stored("few positives", rare, np.where(rare == 1, rng.beta(4, 2, 155), rng.beta(1.5, 4, 155)), 0.62),
        stored("n = 4", [1, 0, 1, 0], [0.9, 0.1, 0.35, 0.35]),
        stored("n = 2", [1, 0], [0.8, 0.3]),
        stored("one positive", [1, 0, 0, 0, 0], [0.6, 0.2, 0.7, 0.1, 0.4]),
        stored("no negative", [1, 1, 1], [0.9, 0.4, 0.7]),
        stored("no positive", [0, 0, 0], [0.9, 0.4, 0.7]),
        stored("all scores equal", [1, 0, 1, 0, 0], [0.5] * 5),
        stored("perfect separation", [1, 1, 1, 0, 0, 0, 0], [0.9, 0.8, 0.7, 0.4, 0.3, 0.2, 0.1]),
        stored("perfectly wrong", [0, 0, 0, 1, 1, 1, 1], [0.9, 0.8, 0.7, 0.4, 0.3, 0.2, 0.1]),
        stored("probabilities 0 and 1", [1, 0, 1, 0, 1, 0, 1, 0], [1, 0, 1, 0, 0, 1, 0.5, 0.5]),
        stored("nothing called positive", labels[:40], continuous[:40], 0.9999),
        stored("everything called positive", labels[:40], continuous[:40], 0.0),
        by_formula("100,000 images, 1,000 distinct scores", 100_000, 1, 0.3, 1000, 0.5),
        by_formula("100,000 images, scores nearly all distinct", 100_000, 2, 0.05, 2**30, 0.4),
    ]
    p_values = [[0.01, 0.04, 0.03], [0.2, 0.001, 0.5, 0.02, 0.02], [1.0, 1.0, 0.9]]
    document = {
        "tables": tables,
        "paired": [
            paired("correlated scores", labels, continuous, second),
            paired("ties", labels[:80], np.round(continuous, 1)[:80], np.round(second, 1)[:80]),
            paired("far apart", labels, continuous, 1 - continuous),
        ],
        "holm": [{"pValues": p, "expected": multipletests(p, method="holm")[1].tolist()} for p in p_values],
        "kappa": kappas(),
        "multiclass": multiclass(),
        "mcnemar": [{"b": b, "c": c, "pValue": min(1, stats.binomtest(min(b, c), b + c).pvalue) if b + c else 1} for b, c in [(0, 0), (1, 0), (3, 12), (10, 10), (40, 75), (400, 520)]],
        "normal": [{"z": z, "pValue": 2 * stats.norm.sf(z)} for z in [0, 0.1, 1, 1.96, 3, 3.6, 5, 8, 20]],
    }
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(document, allow_nan=False, default=lambda value: value.item()) + "\n")


main()
