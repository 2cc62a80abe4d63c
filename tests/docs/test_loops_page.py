"""Does the page on loops show what there is?"""

import re
from pathlib import Path

import pytest

from sdmodels.catalogue import load
from sdmodels.experiment.step_ends import step_runs
from sdmodels.feedback.causal import causal_graph
from sdmodels.feedback.totals import circuit_sums

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "loops.md").read_text(encoding="utf-8")
RESULTS = (ROOT / "docs" / "loop_results.md").read_text(encoding="utf-8")


def test_the_python_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL):
        exec(compile(block, "loops.md", "exec"), names)
    assert {path.name for path in tmp_path.iterdir()} == {"loops.png", "diagram.svg"}
    said = capsys.readouterr().out
    assert "R1 Busier but ineffective reinforcing" in said
    assert "accelerating growth agree" in said
    assert "weeks to double" in said


def test_the_hotline_has_as_many_loops_as_the_pages_say() -> None:
    runs = step_runs("hotline", policy="high_intensity")
    sums = circuit_sums(causal_graph(runs.layout.model, runs.equations).links)
    assert sums is not None
    count = f"{sums.count:,}"
    for page in (PAGE, (ROOT / "README.md").read_text(encoding="utf-8")):
        assert count in page


def test_the_results_tell_of_every_named_loop() -> None:
    for id in ("hotline", "hotline_pocket"):
        manifest = load(id).manifest
        assert manifest is not None
        missing = [
            loop.id for loop in manifest.loops if not re.search(rf"^ {loop.id} ", RESULTS, flags=re.MULTILINE)
        ]
        assert missing == []
