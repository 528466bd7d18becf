"""Statistics of counts. numpy only; each function's docstring gives shapes, bounds, errors and source."""

from evaluator.metrics.bootstrap import Mean, mean_of
from evaluator.metrics.extrapolate import Extrapolation, extrapolate
from evaluator.metrics.holm import holm
from evaluator.metrics.intervals import Estimate, Interval, estimate, estimates, wilson
from evaluator.metrics.items import Items, Suspect, item_statistics, suspects
from evaluator.metrics.noise import Noise, noise_split
from evaluator.metrics.paired import McNemar, PairedDifference, mcnemar, paired_difference, sign_flip_p
from evaluator.metrics.pass_at_k import Curve, curve, default_ks, mean_pass_at_k, pass_at_k, secure_pass_at_k
from evaluator.metrics.planner import (
    Comparison,
    Spread,
    assumed_rates,
    problems_needed,
    rates_behind,
    resolvable,
    samples_needed,
    spread,
    true_correlation,
)
from evaluator.metrics.ranks import RankInterval, Standing, rank_intervals
from evaluator.metrics.rerank import (
    CalibrationBin,
    Ranked,
    auc,
    auc_within,
    best_of,
    calibration,
    oracle,
    random_pick,
    ranked,
    reranked,
)
from evaluator.metrics.resolution import minimum_detectable_difference
from evaluator.metrics.scaling import Scaling, scaling
from evaluator.metrics.surprise import Surprise, surprises
from evaluator.metrics.temperature import BestSetting, Grid, best_setting, best_settings, setting_grid
from evaluator.metrics.trend import FeatureBin, Trend, binned, trend

__all__ = [
    "BestSetting",
    "CalibrationBin",
    "Comparison",
    "Curve",
    "Estimate",
    "Extrapolation",
    "FeatureBin",
    "Grid",
    "Interval",
    "Items",
    "McNemar",
    "Mean",
    "Noise",
    "PairedDifference",
    "RankInterval",
    "Ranked",
    "Scaling",
    "Spread",
    "Standing",
    "Surprise",
    "Suspect",
    "Trend",
    "assumed_rates",
    "auc",
    "auc_within",
    "best_of",
    "best_setting",
    "best_settings",
    "binned",
    "calibration",
    "curve",
    "default_ks",
    "estimate",
    "estimates",
    "extrapolate",
    "holm",
    "item_statistics",
    "mcnemar",
    "mean_of",
    "mean_pass_at_k",
    "minimum_detectable_difference",
    "noise_split",
    "oracle",
    "paired_difference",
    "pass_at_k",
    "problems_needed",
    "random_pick",
    "rank_intervals",
    "ranked",
    "rates_behind",
    "reranked",
    "resolvable",
    "samples_needed",
    "scaling",
    "secure_pass_at_k",
    "setting_grid",
    "sign_flip_p",
    "spread",
    "surprises",
    "suspects",
    "trend",
    "true_correlation",
    "wilson",
]
