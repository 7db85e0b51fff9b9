"""The jobs of a store in files: what is said of one stands once, the folder stays small, and nothing rests on it."""

import datetime as dt

import pytest

from workbench.clock import BEIJING
from workbench.errors import InputError, Words
from workbench.jobs.job import JobRequest, Progress, State
from workbench.jobs.job_files import FILE_DAYS, FOLDER, MOST_ENDED, MOST_WAITING, JobFiles
from workbench.register.audit.covered_files import files_there

NOW = dt.datetime(2026, 11, 27, 9, tzinfo=BEIJING)
RESULT = Words("做完了", "done", code="x.y")


@pytest.fixture
def files(tmp_path):
    return JobFiles(tmp_path)


def asked(number=0, **more):
    return JobRequest("score", f"20{20 + number // 2:02d}-{(number % 2) * 6 + 4:02d}", **more)


def test_looking_makes_nothing(files):
    assert files.all() == files.open_jobs() == []
    assert not files.folder.exists()


def test_a_job_is_told_from_its_queueing_to_its_end(files):
    later = NOW + dt.timedelta(seconds=90)
    job = files.add(asked(county="341524", account="a", name="甲", options={"of": "risk"}), NOW)
    assert (job.state, job.is_open, job.seconds(later)) == (State.QUEUED, True, 0)
    files.begin(job.id, NOW)
    files.report(job.id, Progress(Words("读", "reads"), 3, 7, writing=True))
    running = files.job(job.id)
    assert (running.state, running.progress.done, running.progress.writing) == (State.RUNNING, 3, True)
    files.save_result(job.id, "台账.xlsx", b"x")
    files.end(job.id, State.DONE, [RESULT], later)
    done = files.job(job.id)
    assert (done.state, done.result, done.file, done.seconds(later)) == (State.DONE, (RESULT,), "台账.xlsx", 90)
    assert done.result[0].code == "x.y"
    assert done.request == job.request
    assert files.file_of(job.id).read_bytes() == b"x"


def test_of_two_who_say_how_it_ended_the_first_is_heard(files):
    job = files.add(asked(), NOW)
    files.begin(job.id, NOW)
    files.end(job.id, State.DONE, [RESULT], NOW)
    files.end(job.id, State.FAILED, [], NOW)
    assert files.job(job.id).state is State.DONE


def test_one_that_waits_ends_when_it_is_cancelled_and_what_it_worked_on_goes(files):
    job = files.add(asked(), NOW, lambda folder: (folder / "persons").write_text("x") and None)
    assert (files.payload(job.id) / "persons").exists()
    files.cancel(job.id, "a", NOW)
    assert (files.job(job.id).state, files.job(job.id).cancelled_by) == (State.CANCELLED, "a")
    assert not files.payload(job.id).exists()
    assert files.open_jobs() == []


def test_the_same_is_not_queued_twice_and_no_more_than_can_be_waited_for(files):
    files.add(asked(name="甲"), NOW)
    with pytest.raises(InputError) as twice:
        files.add(asked(name="乙"), NOW)
    assert twice.value.code == "jobs.same-job-waits"
    for number in range(1, MOST_WAITING):
        files.add(asked(number), NOW)
    with pytest.raises(InputError) as many:
        files.add(asked(MOST_WAITING), NOW)
    assert many.value.code == "jobs.too-many-wait"


def test_what_cannot_be_written_leaves_nothing(files):
    def fails(_folder):
        raise OSError(28, "no space")

    with pytest.raises(InputError):
        files.add(asked(), NOW, fails)
    assert list(files.folder.iterdir()) == []


def test_history_is_bounded_and_files_that_were_made_are_not_stored_for_long(files):
    for number in range(MOST_ENDED + 5):
        job = files.add(asked(), NOW + dt.timedelta(seconds=number))
        files.save_result(job.id, "a.xlsx", b"x")
        files.end(job.id, State.DONE, [], NOW)
    assert len(files.all()) == MOST_ENDED + 1
    files.add(asked(), NOW + dt.timedelta(days=FILE_DAYS, seconds=1))
    assert {each.file for each in files.all()} == {""}


@pytest.mark.parametrize(
    "number", ["../../etc", "", "20261127T090000-nothexadecim", ".", "20261127T090000-0123456789ab"]
)
def test_a_number_that_is_none_leads_nowhere(files, number):
    with pytest.raises(InputError):
        files.job(number)


def test_nothing_rests_on_jobs(files):
    """Hidden, as locks and staging are: no backup holds it, no trail covers it, a restore is not kept out by it."""
    files.add(asked(), NOW)
    assert FOLDER.startswith(".")
    assert files_there(files.folder.parent) == []


def test_a_file_that_was_cut_off_is_as_one_that_is_not_there(files):
    job = files.add(asked(), NOW)
    files.begin(job.id, NOW)
    (files.folder / job.id / "progress.json").write_text("{", encoding="utf-8")
    assert files.job(job.id).progress == Progress()
