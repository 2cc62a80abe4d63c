"""Ensembles draw from the accepted posterior, a whole row at a time, of the model that was calibrated."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from straight import LOSS, write_whole
from tank import levels

from sdmodels import simulate
from sdmodels.calibration import accepted as module
from sdmodels.calibration.accepted import ACCEPTED, POSTERIOR, posterior_settings, read_accepted
from sdmodels.catalogue import Entry, load
from sdmodels.errors import CalibrationError, ManifestError

COUNT = 50
TEXT = """model_hash = "{hash}"
loss = 5.5
log_evidence = -7.7
tolerance = 0.4
versions = ["sdmodels 0.1.0"]

[effort]
starts = 4
seed = 3

[[observation]]
observable = "water"
time = "1"
median = 100.0
low = 97.0
high = 103.0

[[parameter]]
id = "supply"
verdict = "informed"
median = 4.2
low = 3.7
high = 4.7
"""


@pytest.fixture
def tank_entry(tmp_path, monkeypatch) -> Entry:
    """Return the model of a case in a catalogue of one, with draws in which every column says its row."""
    monkeypatch.setattr(module, "data_folder", lambda topic: tmp_path / topic)
    folder = write_whole(tmp_path / "calibration" / "tank")
    entry = load(folder / "tank.mdl")
    text = TEXT.format(hash=entry.model.content_hash)
    (folder / ACCEPTED).write_text(text, encoding="utf-8")
    rows = np.arange(float(COUNT))
    draws = {"Supply": rows / 10, "Level": 100 + rows, "Depth": 2 + rows / 100, "later": rows}
    pd.DataFrame(draws).to_csv(folder / POSTERIOR, index=False)
    return entry


def rows_of(settings: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Return the rows that each column says it comes from."""
    return [settings["Supply"] * 10, settings["Level"] - 100, (settings["Depth"] - 2) * 100]


def test_settings_are_of_what_the_model_has(tank_entry):
    settings = posterior_settings(tank_entry, "tank", members=5, seed=1)
    # What the case knows of its course, here of the time after the data, is not set.
    assert list(settings) == ["Supply", "Level", "Depth"]
    assert {values.shape for values in settings.values()} == {(5,)}


@pytest.mark.parametrize("members", [5, COUNT, 3 * COUNT])
def test_a_row_stays_together(tank_entry, members):
    first, second, third = rows_of(posterior_settings(tank_entry, "tank", members=members, seed=1))
    # Rounding of tenths and hundredths.
    np.testing.assert_allclose(first, second, atol=1e-9)
    np.testing.assert_allclose(third, second, atol=1e-9)


def test_members_are_different_draws_as_long_as_there_are_some(tank_entry):
    _, few, _ = rows_of(posterior_settings(tank_entry, "tank", members=20, seed=1))
    _, every, _ = rows_of(posterior_settings(tank_entry, "tank", members=COUNT, seed=1))
    assert len(set(few)) == 20
    assert set(every) == set(range(COUNT))
    assert list(every) != sorted(every)


def test_more_members_than_draws_are_drawn_with_replacement(tank_entry):
    _, many, _ = rows_of(posterior_settings(tank_entry, "tank", members=2000, seed=1))
    count = np.bincount(np.rint(many).astype(int), minlength=COUNT)
    assert count.sum() == 2000
    # Each row comes 40 times on average, with a deviation of 6.3; five of them, for 50 rows.
    assert np.abs(count - 40).max() < 32


def test_the_same_seed_draws_the_same(tank_entry):
    one, again, other = (
        posterior_settings(tank_entry, "tank", members=10, seed=seed)["Level"] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, again)
    assert list(one) != list(other)


def test_an_ensemble_runs_with_its_draws(tank_entry):
    settings = posterior_settings(tank_entry, "tank", members=10, seed=1)
    behaviour = simulate(tank_entry, settings, members=10, outputs=["Level"])
    saved = behaviour["time"].values
    for member, (supply, filled) in enumerate(zip(settings["Supply"], settings["Level"], strict=True)):
        # Rounding over 80 steps.
        expected = levels(LOSS, filled, saved, supply)
        np.testing.assert_allclose(behaviour["Level"].values[member], expected, rtol=1e-11)


def test_another_model_is_refused(tank_entry, tmp_path):
    folder = tmp_path / "calibration" / "tank"
    path = folder / "tank.mdl"
    path.write_text(path.read_text(encoding="utf-8").replace("= 0.1", "= 0.2"), encoding="utf-8")
    message = (
        f"{path}: the model is not the one that the case 'tank' was calibrated with.\n"
        f"    the accepted posterior is of another model file, or of an older one: {folder / ACCEPTED}\n"
        "Run `sdmodels calibrate tank --accept`, or do without the posterior (`study --draws ranges`)."
    )
    with pytest.raises(CalibrationError, match=f"^{re.escape(message)}$"):
        posterior_settings(load(path), "tank", members=5, seed=1)


def test_draws_that_are_missing_are_told(tank_entry, tmp_path):
    path = tmp_path / "calibration" / "tank" / POSTERIOR
    path.unlink()
    message = (
        f"{path}: there are no draws of the accepted posterior.\n    the file is missing\n"
        "Run `sdmodels calibrate tank --accept`."
    )
    with pytest.raises(CalibrationError, match=f"^{re.escape(message)}$"):
        posterior_settings(tank_entry, "tank", members=5, seed=1)


def test_a_case_without_an_accepted_result_says_how_to_get_one(tmp_path: Path):
    with pytest.raises(ManifestError) as caught:
        read_accepted(tmp_path)
    where, *_, remedy = str(caught.value).split("\n")
    assert where.startswith(str(tmp_path / ACCEPTED))
    assert (
        "the accepted result of a case is the file accepted.toml in its folder; --accept writes it" in remedy
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tolerance = 0.4", "tolerance = 0"),
        ('verdict = "informed"', 'verdict = "sure"'),
        ("loss = 5.5", 'loss = "small"'),
        ("loss = 5.5", ""),
        ("loss = 5.5", "loss = 5.5\nwin = 1"),
        ("[[parameter]]", "[[parameters]]"),
    ],
)
def test_a_result_that_is_broken_is_refused(tmp_path, old, new):
    text = TEXT.format(hash="0")
    (tmp_path / ACCEPTED).write_text(text, encoding="utf-8")
    assert read_accepted(tmp_path).loss == 5.5
    (tmp_path / ACCEPTED).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ManifestError, match=re.escape(str(tmp_path / ACCEPTED))):
        read_accepted(tmp_path)
