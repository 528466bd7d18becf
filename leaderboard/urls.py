"""Addresses of the site. One line per page; the views are in `leaderboard/views`, one file per page.

Names: home, board, problems, problem, matrix, benchmark-security, planner, model, figures; run, run-security,
mark-finding, failures; compare, compare-samples; upload, preview; account, sign-in, sign-out, sign-up;
healthz.
"""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import path

from leaderboard.views import (
    accounts,
    board,
    compare,
    compare_samples,
    errors,
    failures,
    features,
    health,
    matrix,
    models,
    pages,
    planner,
    problems,
    run_charts,
    runs,
    security,
    security_marks,
    uploads,
)

urlpatterns = [
    path("", board.home, name="home"),
    path("benchmarks/<slug:slug>/", board.board, name="board"),
    path("benchmarks/<slug:slug>/charts/<slug:name>.json", board.board_chart, name="board-chart"),
    path("benchmarks/<slug:slug>/problems/", problems.problems, name="problems"),
    path("benchmarks/<slug:slug>/problems/<path:task_id>/", problems.problem, name="problem"),
    path("benchmarks/<slug:slug>/matrix/", matrix.matrix, name="matrix"),
    path("benchmarks/<slug:slug>/matrix.json", matrix.matrix_numbers, name="matrix-numbers"),
    path("benchmarks/<slug:slug>/features/", features.features, name="features"),
    path("benchmarks/<slug:slug>/features/chart.json", features.feature_chart, name="feature-chart"),
    path("benchmarks/<slug:slug>/security/", security.benchmark_security, name="benchmark-security"),
    path("benchmarks/<slug:slug>/planner/", planner.planner, name="planner"),
    path("benchmarks/<slug:slug>/planner/chart.json", planner.planner_chart, name="planner-chart"),
    path("models/<slug:slug>/", models.model, name="model"),
    path("models/<slug:slug>/charts/<slug:benchmark>.json", models.model_chart, name="model-chart"),
    path("figures/", pages.figures, name="figures"),
    path("runs/<int:pk>/", runs.run_page, name="run"),
    path("runs/<int:pk>/progress/", runs.run_progress, name="run-progress"),
    path("runs/<int:pk>/recheck/", runs.run_recheck, name="run-recheck"),
    path("runs/<int:pk>/charts/curve.json", run_charts.run_chart, name="run-chart"),
    path("runs/<int:pk>/charts/rankers.json", run_charts.ranker_chart, name="run-ranker-chart"),
    path("runs/<int:pk>/charts/calibration.json", run_charts.calibration_chart, name="run-calibration-chart"),
    path("runs/<int:pk>/cancel/", runs.run_action, {"action": "cancel"}, name="run-cancel"),
    path("runs/<int:pk>/rescore/", runs.run_action, {"action": "rescore"}, name="run-rescore"),
    path("runs/<int:pk>/delete/", runs.run_action, {"action": "delete"}, name="run-delete"),
    path("runs/<int:pk>/security/", security.run_security, name="run-security"),
    path("runs/<int:pk>/security/marks/<path:task_id>/", security_marks.mark_finding, name="mark-finding"),
    path("runs/<int:pk>/problems/<path:task_id>/", failures.failures, name="failures"),
    path("compare/", compare.compare, name="compare"),
    path("compare/runs/", compare.compare_offered, name="compare-offered"),
    path("compare/charts/curves.json", compare.compare_chart, name="compare-chart"),
    path("compare/problems/<path:task_id>/", compare_samples.compare_samples, name="compare-samples"),
    path("upload/", uploads.upload, name="upload"),
    path("upload/<uuid:pk>/", uploads.preview, name="preview"),
    path("upload/<uuid:pk>/discard/", uploads.discard, name="discard"),
    path("account/", accounts.account, name="account"),
    path("account/sign-up/", accounts.sign_up, name="sign-up"),
    path("account/sign-in/", accounts.SignIn.as_view(), name="sign-in"),
    path("account/sign-out/", LogoutView.as_view(), name="sign-out"),
    path("account/password/", accounts.ChangePassword.as_view(), name="password"),
    path("healthz", health.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
