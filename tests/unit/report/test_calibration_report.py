"""What a calibration found, as tables, as sentences in both languages, and as files of numbers."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from straight import write_whole
from tank import observable

from sdmodels.calibration.calibrating import Calibration, calibrate
from sdmodels.calibration.case import load_case
from sdmodels.calibration.tables import Effort
from sdmodels.calibration.verdicts import Pair
from sdmodels.catalogue import Language
from sdmodels.report.calibration import case_list, predictions, write_numbers
from sdmodels.report.calibration_sentences import calibration_sentences
from sdmodels.report.calibration_tables import calibration_tables, fit_table, parameter_table

LANGUAGES: tuple[Language, ...] = ("en", "zh")
Changed = Callable[..., Calibration]
PEAK = observable("flood", "Level", "peak", "", 'among = "2019-01-01/2019-01-09"')


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    """Return a calibration with everything that there may be."""
    folder = write_whole(tmp_path_factory.mktemp("report") / "whole", populations=2)
    problem = folder / "problem.toml"
    problem.write_text(
        problem.read_text(encoding="utf-8").replace("[growth]", PEAK + "\n[growth]"), encoding="utf-8"
    )
    with (folder / "observations.csv").open("a", encoding="utf-8") as file:
        file.write("flood,2019-01-01/2019-01-05,,peak,0.3,made up,\n")
    made = calibrate(load_case(folder), until="2020")
    pair = Pair(first="supply", second="filled", together="sum", contraction=0.8, correlation=-0.75)
    return replace(made, pairs=(pair,))


def sentences(calibration: Calibration) -> tuple[list[str], list[str]]:
    english, chinese = (calibration_sentences(calibration, language) for language in LANGUAGES)
    assert len(english) == len(chinese)
    return english, chinese


def with_judgement(calibration: Calibration, **numbers: object) -> Calibration:
    """Return the calibration with other numbers for its first parameter, the inflow."""
    first, *others = calibration.judgements
    return replace(calibration, judgements=(replace(first, **numbers), *others))


def test_a_good_fit_is_said_first(found: Calibration) -> None:
    english, chinese = sentences(found)
    assert english[0] == "All 4 observations lie in the middle 90 % of what the model expects."
    assert chinese[0] == "全部4个观测值均在模型预期的中间90%范围内。"


@pytest.mark.parametrize("share_below", [0.0, 0.049, 0.951, 1.0])
def test_a_misfit_is_named_with_its_numbers(found: Calibration, share_below: float) -> None:
    first, *others = found.fits
    bad = replace(found, fits=(replace(first, share_below=share_below, median=140.0), *others))
    english, chinese = sentences(bad)
    assert english[0] == (
        "The model does not fit, with parameters inside of their ranges: Water 2019-01-02: 101 measured, "
        "140 modelled (1 of 4 observations lie outside of the middle 90 % of what it expects)."
    )
    assert chinese[0] == (
        "在参数取值范围内，模型与以下观测不符：水量（2019-01-02）观测101、模型140（4个观测中有1个在模型预期的中间90%范围之外）。"
    )


def test_a_peak_is_no_misfit(found: Calibration) -> None:
    *others, peak = found.fits
    assert peak.is_peak
    english, _ = sentences(replace(found, fits=(*others, replace(peak, share_below=1.0))))
    assert english[0].startswith("All 4 observations")


@pytest.mark.parametrize(
    ("low", "high", "en", "zh"),
    [
        (0.02, 0.4, "At its upper bound: Supply; 40 %", "触及上界"),
        (0.5, 0.1, "At its lower bound: Supply; 50 %", "触及下界"),
    ],
)
def test_a_bound_is_named(found: Calibration, low: float, high: float, en: str, zh: str) -> None:
    bad = with_judgement(found, verdict="bound", at_minimum=low, at_maximum=high)
    english, chinese = sentences(bad)
    assert english[1].startswith(f"{en} of the posterior lie in the outer twentieth of its range.")
    assert english[1].endswith("The model may lack something that this parameter makes up for.")
    assert chinese[1].startswith(zh)
    assert "push 1 to a bound" in english[4]
    assert "1个触及边界" in chinese[4]


def test_a_smooth_surface_is_one_optimum(found: Calibration) -> None:
    english, chinese = sentences(found)
    assert english[1] == "100 % of 4 starts found the best optimum."
    assert chinese[1] == "4个起点中有100%找到最优解。"


def test_a_rugged_surface_is_called_so(found: Calibration) -> None:
    losses = np.array([5.0, 5.5, 5.9, 7.0])
    scores = np.zeros((4, 4))
    scores[:, 1], scores[:, 0] = [0, 2, -1, 0], [0, 0, 0, 0.5]
    search = replace(found.search, losses=losses, scores=scores)
    english, chinese = sentences(replace(found, search=search))
    assert english[1].startswith(
        "The surface is rugged: 25 % of 4 starts found the best optimum, the others ended at 3 more; 75 % ended "
        "within 1 of its loss,"
    )
    # The mean of a normal prior of mean 100 and deviation 10, two deviations above it, and one below.
    assert (
        "the best first: Level 100 | 120 | 90 | 100 litre; Supply 4 | 4 | 4 | 4.2 litre/Day; " in english[1]
    )
    assert "Level 100 | 120 | 90 | 100 litre；Supply" in chinese[1]
    assert english[1].endswith("Read the posterior, which knows all of them, and not the optimum.")
    assert chinese[1].startswith(
        "目标曲面崎岖：4个起点中有25%找到最优解，其余止于另外3个局部最优解；75%的损失与最优解相差不到1"
    )


def test_a_global_search_has_one_end(found: Calibration) -> None:
    search = replace(found.search, losses=np.array([5.25]), scores=found.search.scores[:1])
    english, chinese = sentences(replace(found, search=search))
    assert english[1] == "The global search ended at a loss of 5.25."
    assert chinese[1] == "全局搜索的损失为5.25。"


def with_convergence(calibration: Calibration, **numbers: float) -> Calibration:
    given = {"rhat": 1.0042, "bulk": 1500.0, "tail": 1200.0, **numbers}
    size = calibration.case.space.size
    convergence = replace(
        calibration.sample.convergence, **{key: np.full(size, value) for key, value in given.items()}
    )
    return replace(calibration, sample=replace(calibration.sample, convergence=convergence))


def test_a_sample_that_suffices_says_so(found: Calibration) -> None:
    english, chinese = sentences(with_convergence(found))
    assert english[2] == (
        "2 populations of 512 draws: R-hat at most 1.0042, at least 1,200 effective draws of each parameter; "
        "the sample suffices."
    )
    assert chinese[2] == "2个种群、每个512次抽样：R-hat最大1.0042，各参数有效样本至少1,200；样本充分。"


@pytest.mark.parametrize("numbers", [{"rhat": 1.02}, {"bulk": 900.0}, {"tail": 900.0}])
def test_a_sample_that_does_not_suffice_says_so_and_what_to_do(
    found: Calibration, numbers: dict[str, float]
) -> None:
    english, chinese = sentences(with_convergence(found, **numbers))
    assert "the sample does NOT suffice (R-hat below 1.01 and 1,000 are asked for)" in english[2]
    assert english[2].endswith("ask for more populations or walkers.")
    assert "样本不充分" in chinese[2]
    assert chinese[2].endswith("请增加种群数或个体数。")


def test_what_was_learnt_is_counted(found: Calibration) -> None:
    english, chinese = sentences(found)
    assert english[3] == (
        "Of 4 parameters the data identify 1, say something of 1, leave 2 to the prior, and push 0 to a bound."
    )
    assert chinese[3] == "4个参数中，数据可识别1个、部分识别1个，2个由先验决定，0个触及边界。"


def test_profiles_that_close_are_named(found: Calibration) -> None:
    english, chinese = sentences(found)
    assert english[4] == (
        "The likelihood alone holds 2 of 3 profiled parameters on both sides inside of their ranges: Supply, Level."
    )
    assert chinese[4].startswith("仅凭似然，3个剖面参数中有2个在取值范围内两侧受限：")
    assert not any(
        "profile" in sentence for sentence in calibration_sentences(replace(found, profiles=()), "en")
    )


def grown(found: Calibration, correlation: float) -> Calibration:
    """Return growth of 55 % in all draws, with shares of 70 and 30 % that go with each other as is said."""
    assert found.growth is not None
    first, second = np.tile([1.0, 1.0, -1.0, -1.0], 25), np.tile([1.0, -1.0, 1.0, -1.0], 25)
    other = correlation * first + np.sqrt(1 - correlation**2) * second
    shares = np.array([0.7 + 0.2 * first, 0.3 + 0.2 * other])
    growth = replace(
        found.growth, growth=np.full(100, 0.55), shares=shares, rest=1 - shares.sum(axis=0), cut_alone=shares
    )
    return replace(found, growth=growth)


def test_growth_is_told_with_the_share_of_each_cause(found: Calibration) -> None:
    english, chinese = sentences(grown(found, 0.0))
    assert english[-1] == (
        "Growth in 2019-01-05/2019-01-09: 55 % (55 % to 55 %), of which Larger unit 70 % (50 to 90), "
        "Inflow 30 % (10 to 50)."
    )
    assert chinese[-1] == (
        "2019-01-05/2019-01-09增长55%（55%至55%），其中单位变大70%（50至90）、流入30%（10至50）。"
    )


def test_the_growth_of_a_year_is_that_of_a_year_in_chinese(found: Calibration) -> None:
    made = grown(found, 0.0)
    assert made.growth is not None
    table = made.growth.table.model_copy(update={"window": "2020"})
    _, chinese = sentences(replace(made, growth=replace(made.growth, table=table)))
    assert chinese[-1].startswith("2020年增长55%")


def test_causes_that_cannot_be_told_apart_are_named(found: Calibration) -> None:
    english, chinese = sentences(grown(found, -0.8))
    assert english[-1] == (
        "The data cannot tell apart Larger unit and Inflow (correlation -0.80): more of the one with less of the "
        "other fits as well."
    )
    assert chinese[-1] == "数据无法区分单位变大与流入（相关系数-0.80）：此多彼少同样拟合。"


def test_tables_are_there_for_what_was_found(found: Calibration) -> None:
    titles = [table.title.en for table in calibration_tables(found, "en")]
    assert titles == [
        "Observations, and the model over the posterior",
        "Parameters, before and after the data",
        "Pairs that only their combination identifies",
        "What made the growth",
        "O, As it is (litre)",
        "Water, As it is (litre)",
        "O, Another inflow (litre)",
        "Water, Another inflow (litre)",
    ]
    little = replace(found, pairs=(), growth=None, forecasts=())
    assert [table.title.zh for table in calibration_tables(little, "zh")] == [
        "观测与后验模型",
        "参数：数据之前与之后",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_can_be_read_and_no_number_is_not_one(found: Calibration, language: Language) -> None:
    for table in calibration_tables(found, language):
        assert all(len(cells) == len(table.columns) for cells in table.cells(language))
        assert "nan" not in "".join(cell for cells in table.cells(language) for cell in cells)
        json.dumps([dict(row) for row in table.rows], allow_nan=False)


def test_a_peak_has_no_measurement_and_says_what_its_number_is(found: Calibration) -> None:
    english, chinese = (fit_table(found, language) for language in LANGUAGES)
    assert english.rows[3]["measured"] is None
    assert english.cells("en")[3][:3] == ["O: against the largest other", "2019-01-01/2019-01-05", ""]
    assert chinese.cells("zh")[3][0] == "观：与次高之比"


def test_parameters_are_shown_with_verdict_prior_and_unit(found: Calibration) -> None:
    english, chinese = (parameter_table(found, language) for language in LANGUAGES)
    # A prior of 4 with a deviation of 0.5, whose middle 90 % end 1.645 deviations away.
    assert english.cells("en")[0][-2:] == ["3.178 – 4.822", "litre/Day"]
    assert [row[1] for row in english.cells("en")] == [
        "partly informed",
        "identified by the data",
        "decided by the prior",
        "decided by the prior",
    ]
    assert [row[1] for row in chinese.cells("zh")][:2] == ["数据部分识别", "数据可识别"]


def test_what_the_prior_decides_is_listed_only_if_the_problem_lists_it(found: Calibration) -> None:
    fewer = found.case.problem.model_copy(update={"parameters": found.case.problem.parameters[:1]})
    hidden = replace(found, case=replace(found.case, problem=fewer))
    assert [row["parameter"] for row in parameter_table(hidden, "en").rows] == ["supply", "filled"]
    every = parameter_table(hidden, "en", every=True)
    assert [row["parameter"] for row in every.rows] == ["supply", "filled", "depth", "later"]


def test_predictions_have_a_row_for_each_scenario_variable_and_period(found: Calibration) -> None:
    table = predictions(found)
    assert list(table.columns) == ["scenario", "variable", "period", "q05", "q25", "q50", "q75", "q95"]
    assert [tuple(row) for row in table[["scenario", "variable", "period"]].to_numpy()] == [
        (scenario, variable, period)
        for scenario in ("same", "later")
        for variable, periods in (("fed", ("2019", "2020")), ("water", ("2019-12", "2020-12")))
        for period in periods
    ]
    quantiles = table[["q05", "q25", "q50", "q75", "q95"]].to_numpy()
    assert (np.diff(quantiles, axis=1) > 0).all()
    np.testing.assert_array_equal(quantiles[:2].T, found.forecasts[0].quantiles)


def test_numbers_are_written_in_full_precision(found: Calibration, tmp_path: Path) -> None:
    files = write_numbers(found, tmp_path)
    assert [file.name for file in files] == [
        "fit.csv",
        "parameters.csv",
        "pairs.csv",
        "growth.csv",
        "posterior.csv",
        "starts.csv",
        "profiles.csv",
        "predictions.csv",
    ]
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(file.name for file in files)
    header = (tmp_path / "posterior.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "supply,filled,depth,later"
    draws = np.loadtxt(tmp_path / "posterior.csv", delimiter=",", skiprows=1)
    np.testing.assert_array_equal(draws.T, found.case.space.values_of(found.sample.flat))
    starts = np.loadtxt(tmp_path / "starts.csv", delimiter=",", skiprows=1)
    np.testing.assert_array_equal(starts[:, 0], found.search.losses)
    profiles = pd.read_csv(tmp_path / "profiles.csv")
    assert list(profiles) == ["parameter", "value", "loss"]
    assert list(profiles["parameter"].unique()) == ["supply", "filled", "depth"]
    with (tmp_path / "fit.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[3]["measured"] == ""
    assert float(rows[0]["median"]) == found.fits[0].median
    with (tmp_path / "growth.csv").open(encoding="utf-8", newline="") as file:
        growth = list(csv.DictReader(file))
    assert [row["cause"] for row in growth] == ["larger", "fed", "rest"]
    assert growth[2]["cut_median"] == ""


def test_what_is_not_there_is_not_written(found: Calibration, tmp_path: Path) -> None:
    little = replace(found, pairs=(), growth=None, forecasts=(), profiles=())
    names = [file.name for file in write_numbers(little, tmp_path)]
    assert names == ["fit.csv", "parameters.csv", "posterior.csv", "starts.csv"]


@pytest.mark.parametrize(("language", "title"), [("en", "Influenza in an English"), ("zh", "1978年英国")])
def test_cases_are_listed_with_their_questions(language: Language, title: str) -> None:
    table = case_list(("influenza_1978",), language)
    (row,) = table.rows
    assert (row["id"], row["model"], row["observations"], row["parameters"]) == (
        "influenza_1978",
        "sir.mdl",
        14,
        3,
    )
    assert str(row["title"]).startswith(title)
    assert str(row["question"]).endswith("?" if language == "en" else "？")


def test_little_effort_is_enough_for_a_report(found: Calibration) -> None:
    quick = calibrate(found.case, effort=Effort(starts=1, populations=2, walkers=32), profiles=False)
    assert len(calibration_sentences(quick, "zh")) >= 5
