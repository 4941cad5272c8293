"""The table of trials says what the samples and tests say."""

import pytest
import trials


def test_the_page_is_what_samples_and_tests_say():
    assert trials.PAGE.read_text(encoding="utf-8") == trials.page(), "run python tests/zoo/trials.py"


def test_every_sample_has_its_row_and_every_wall_a_sample():
    text = trials.page()
    samples = sorted(trials.HOSTILE.glob("*.py"))
    assert all(text.count(f"| `{sample.stem}` |") == 1 for sample in samples)
    assert {trials.header(sample)[1] for sample in samples} == set(trials.HOLDS)


def test_every_test_that_is_named_is_there():
    for _, file in (row for rows in trials.TESTED.values() for row in rows):
        assert "def test_" in (trials.ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text", ["import os\n", "# Tries.\nimport os\n", "# held by: time\n", "# A.\n# held by: luck\n"]
)
def test_a_sample_that_does_not_say_what_holds_it_is_refused(text, tmp_path):
    (tmp_path / "sample.py").write_text(text)
    with pytest.raises(ValueError, match="held by"):
        trials.header(tmp_path / "sample.py")
