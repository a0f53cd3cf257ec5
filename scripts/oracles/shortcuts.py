"""Expectations for the tests of class against scanner, size and the like (src-main/library/shortcuts/association.ts).

Environment: python3 -m venv, then pip install scipy numpy. Writes test/fixtures/library/association.json.
"""
import json
import pathlib

import numpy as np
from scipy import stats
from scipy.stats.contingency import association

random = np.random.default_rng(20)
tables = [
    [[30, 10], [12, 40]],
    [[3, 1], [1, 3]],
    [[0, 9], [7, 2]],
    [[12, 5, 29], [18, 23, 4]],
    [[120, 3, 0, 41], [80, 30, 12, 2], [7, 7, 7, 7]],
    [[5000, 4200], [4100, 5300]],
    [[100, 0], [0, 100]],
    [[10, 10], [10, 10]],
] + [random.integers(1, 60, size=(2, k)).tolist() for k in (3, 5, 8)]
groups = [
    [[1.0, 2.5, 2.5, 3.0], [2.5, 4.0, 5.5]],
    [random.normal(0, 1, 40).round(1).tolist(), random.normal(0.7, 1, 55).round(1).tolist()],
    [random.integers(1, 4, 30).tolist(), random.integers(1, 5, 20).tolist(), random.integers(2, 5, 25).tolist()],
    [random.exponential(1, 300).tolist(), random.exponential(1.4, 200).tolist()],
]


def table_case(table):
    result = stats.chi2_contingency(table, correction=False)
    exact = len(table) == 2 and len(table[0]) == 2 and np.min(result.expected_freq) < 5
    return {
        "table": table,
        "test": "fisher" if exact else "chi-square",
        "statistic": None if exact else result.statistic,
        "pValue": stats.fisher_exact(table).pvalue if exact else result.pvalue,
        "cramersV": association(np.array(table), method="cramer"),
    }


def rank_case(values):
    result = stats.kruskal(*values)
    n = sum(len(one) for one in values)
    return {"groups": values, "statistic": result.statistic, "pValue": result.pvalue, "effect": float(np.sqrt(result.statistic / (n - 1)))}


expected = {
    "tables": [table_case(table) for table in tables],
    "ranks": [rank_case(values) for values in groups],
    "tails": [{"value": v, "degrees": d, "pValue": stats.chi2.sf(v, d)} for v in (0.1, 1, 3.84, 10, 50, 200) for d in (1, 2, 5, 11)],
}
target = pathlib.Path(__file__).parents[2] / "test/fixtures/library/association.json"
target.write_text(json.dumps(expected) + "\n")
