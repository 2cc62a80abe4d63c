import hashlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from matplotlib.figure import Figure

from sdmodels.figures import plot, save

ONE_FIGURE = """
import sys
from matplotlib.figure import Figure
from sdmodels.figures import save
figure = Figure(layout="constrained")
panel = figure.add_subplot(title="Orders")
panel.plot([0, 1, 2], [3, 1, 2], "o-")
panel.fill_between([0, 1, 2], 0, [3, 1, 2])
save(figure, sys.argv[1])
"""


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_folder_is_made_and_the_place_returned(tmp_path, make_behaviour):
    path = tmp_path / "figures" / "hotline" / "orders.png"
    assert save(plot(make_behaviour()), path) == path
    assert path.read_bytes().startswith(b"\x89PNG")


def test_nothing_else_is_left_in_the_folder(tmp_path, make_behaviour):
    save(plot(make_behaviour()), tmp_path / "orders.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["orders.svg"]


def test_an_existing_file_is_replaced(tmp_path, make_behaviour):
    path = tmp_path / "orders.svg"
    path.write_text("old")
    save(plot(make_behaviour()), str(path))
    assert "<svg" in path.read_text(encoding="utf-8")


def test_a_failed_save_leaves_the_existing_file_as_it_was(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError("the disk is full")

    path = tmp_path / "orders.png"
    path.write_text("old")
    figure = Figure()
    monkeypatch.setattr(figure, "savefig", fail)
    with pytest.raises(OSError, match="the disk is full"):
        save(figure, path)
    assert path.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["orders.png"]


@pytest.mark.parametrize("name", ["orders.pdf", "orders"])
def test_another_ending_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match=rf"saved as .png or .svg, so '.*{name}'"):
        save(Figure(), tmp_path / name)


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_two_processes_write_the_same_bytes(ending, tmp_path):
    paths = [tmp_path / f"{number}.{ending}" for number in (1, 2)]
    for path in paths:
        subprocess.run([sys.executable, "-c", ONE_FIGURE, str(path)], check=True)
    assert digest(paths[0]) == digest(paths[1])


def test_the_file_has_no_date(tmp_path, make_behaviour):
    svg = save(plot(make_behaviour()), tmp_path / "orders.svg").read_text(encoding="utf-8")
    assert "<dc:date>" not in svg
    png = save(plot(make_behaviour()), tmp_path / "orders.png").read_bytes()
    assert not re.search(rb"tIME|Date|Software", png)


def test_an_svg_draws_its_letters_so_that_it_needs_no_font(tmp_path, make_behaviour):
    svg = save(plot(make_behaviour()), tmp_path / "orders.svg").read_text(encoding="utf-8")
    assert "<text" not in svg


def test_saving_in_threads_gives_the_same_bytes(tmp_path, make_behaviour):
    behaviours = [make_behaviour(policies=2) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        figures = list(threads.map(plot, behaviours))
        paths = list(threads.map(save, figures, [tmp_path / f"{number}.svg" for number in range(4)]))
    assert len({digest(path) for path in paths}) == 1


@pytest.mark.parametrize("name", ["orders.svg", "orders.png"])
def test_a_file_may_have_a_title_that_is_not_drawn(tmp_path, make_behaviour, name):
    without = save(plot(make_behaviour()), tmp_path / name).read_bytes()
    titled = save(plot(make_behaviour()), tmp_path / name, title="工单 & 来电").read_bytes()
    title = "工单 &amp; 来电" if name.endswith(".svg") else "工单 & 来电"
    assert title.encode() in titled
    assert title.encode() not in without
