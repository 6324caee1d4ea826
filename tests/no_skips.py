"""A pytest plugin: where CI=true, a skipped test is a failed one.

A test that skips itself because something is not installed looks green on the machine that was
meant to run it. There, the right answer is to install what is missing.
"""

import os
from collections.abc import Generator

import pytest


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = (
        f"{report.nodeid} was skipped, and where CI=true nothing may be: install what it needs "
        f"in .ci/run, or remove the test. It said: {reason.removeprefix('Skipped: ')}"
    )


class NoSkips:
    """Turns skips into failures, while collecting and while running."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self,
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """A test, or its set-up, that skipped; an expected failure is not a skip."""
        report = yield
        if report.skipped and not hasattr(report, "wasxfail"):
            _fail(report)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self,
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """A whole module that skipped itself."""
        report = yield
        if report.skipped:
            _fail(report)
        return report


def pytest_configure(config: pytest.Config) -> None:
    """On where CI=true, as GitHub and most others set it."""
    if os.environ.get("CI", "").lower() == "true":
        config.pluginmanager.register(NoSkips(), "easel-no-skips")
