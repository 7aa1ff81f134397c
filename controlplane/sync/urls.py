"""The addresses of jobs and runs."""

from __future__ import annotations

from django.urls import path

from controlplane.sync.views import acts, jobs, lists, runs

app_name = "sync"

JOB = "integrations/<slug:integration>/jobs/<slug:job>/"
RUN = JOB + "runs/<int:run>/"

urlpatterns = [
    path("integrations/schedules/", lists.schedules, name="schedules"),
    path(JOB, jobs.job_page, name="job"),
    path(JOB + "start/", acts.start_run, name="start"),
    path(JOB + "backfill/", acts.start_backfill, name="backfill"),
    path(JOB + "cursor/", acts.change_cursor, name="cursor"),
    path(JOB + "hold/", acts.hold_job, name="hold"),
    path(JOB + "let-go/", acts.let_job_go, name="let-go"),
    path(RUN, runs.run_page, name="run"),
    path(RUN + "pages/", runs.pages, name="pages"),
    path(RUN + "pause/", acts.pause_run, name="pause"),
    path(RUN + "resume/", acts.resume_run, name="resume"),
    path(RUN + "cancel/", acts.cancel_run, name="cancel"),
    path(RUN + "release/", acts.release_run, name="release"),
]
