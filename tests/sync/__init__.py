"""Tests of sync jobs: schedule, runs, pages, cursors, what people see and may do."""
