#!/bin/sh
# Starts (or resumes) training in the background, politely; the log is run/train.log.
cd "$(dirname "$0")" || exit 1
PYTHON=${PYTHON:-python3}
OMP_WAIT_POLICY=passive setsid nohup nice -n 15 "$PYTHON" train.py "$@" >>run/train.log 2>&1 &
echo $! >run/train.pid
