# One image; the command says which part of Passboard it is (scripts/container):
#
#   up       the whole site in one container: web, worker and beat over SQLite in /data
#   prepare  migrates the database and loads HumanEval; once, before the three below
#   web      the site (gunicorn)
#   worker   scoring: runs the sandbox
#   beat     rings for work that a dead worker left
#   anything else goes to manage.py: `docker run … createsuperuser`
#
#   docker build -t passboard .
#   docker run --init --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
#       --shm-size 512m -p 127.0.0.1:8000:8000 -v passboard:/data passboard up
#
# What the sandbox needs from the container ("up" and "worker"):
# - It builds its own walls from user, pid, mount, net, ipc, uts and cgroup namespaces, without root. Docker's
#   default seccomp profile refuses clone and unshare with these flags, mount and pivot_root, and its AppArmor
#   profile refuses mount: so seccomp=unconfined and apparmor=unconfined, or profiles of your own that
#   allow these calls. The programs themselves always run under the sandbox's own, much narrower filter.
# - The host must let ordinary users make user namespaces: `sysctl user.max_user_namespaces` above 0 and,
#   on Ubuntu 24.04 and later, `sysctl kernel.apparmor_restrict_unprivileged_userns` at 0.
# - No capability is needed, and no --privileged: give it neither. no-new-privileges does no harm.
# - Where namespaces are refused, the sandbox falls back to Landlock (Linux 5.13+) with seccomp and rlimits,
#   which Docker's default profile allows; docs/security.md lists what that leaves open. Where Landlock is
#   missing too, nothing is scored and /healthz says why.
# - /dev/shm of 512 MiB: security scans put their files there, and fall back to the slower /tmp with less.
# - A memory limit of the container counts all its sandboxes: plan 1.5 GiB per scoring worker.
FROM python:3.11.14-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore \
    PASSBOARD_DATA=/data \
    STATIC_ROOT=/app/staticfiles \
    HOST=0.0.0.0 \
    PORT=8000

# A new named volume at /data takes over this owner.
RUN useradd --system --uid 10001 --user-group --create-home passboard \
    && install --directory --owner passboard --group passboard --mode 0700 /data

WORKDIR /app
# Before the rest, so that a change of the code doesn't install everything again.
COPY requirements.txt ./
RUN pip install -r requirements.txt

COPY . .
# The code stays root's: the site can't change it. The settings want a data folder and a key; neither is kept.
RUN PASSBOARD_DATA=/tmp/build SECRET_KEY=build python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q evaluator leaderboard \
    && rm -rf /tmp/build

USER passboard
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["sh", "scripts/container", "health"]
ENTRYPOINT ["sh", "scripts/container"]
CMD ["up"]
